// Holds manifests against the types of Kubernetes' API: a member that the type does not know, one that is missing, or one
// of another type is an error (tsc), and so is a value that the API's own schema refuses (ajv).
// usage: node check.mjs FILE.json [CHART-VALUES-SCHEMA.json VALUES.json…]   FILE: an array of manifests
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const ts = require("typescript");
const here = dirname(fileURLToPath(import.meta.url));
const [, , file, schema, ...values] = process.argv;
const manifests = JSON.parse(readFileSync(file, "utf8"));
const faults = [];

// The folder of a group is its name; the core group has none.
const pathOf = ({ apiVersion, kind }) => `kubernetes-models/${apiVersion}/${kind}`;
const nameOf = (one) => `${one.kind} ${one.metadata?.name}`;

const source = manifests
  .map((one, i) => `import type { I${one.kind} as T${i} } from "${pathOf(one)}";\nexport const m${i}: T${i} = ${JSON.stringify(one, null, 1)};\n`)
  .join("");
const program = (() => {
  const options = {
    noEmit: true,
    strict: true,
    skipLibCheck: true,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const name = join(here, "manifests.mts");
  const original = host.getSourceFile.bind(host);
  host.getSourceFile = (path, ...rest) =>
    path === name ? ts.createSourceFile(name, source, ts.ScriptTarget.ES2022) : original(path, ...rest);
  const exists = host.fileExists.bind(host);
  host.fileExists = (path) => path === name || exists(path);
  return ts.createProgram([name], options, host);
})();
for (const one of ts.getPreEmitDiagnostics(program)) {
  const text = ts.flattenDiagnosticMessageText(one.messageText, "\n");
  const line = one.file ? one.file.text.slice(0, one.start).split("\n").length : 0;
  const before = source.split("\n").slice(0, line).reverse().find((l) => l.startsWith("import type"));
  faults.push(`${before ?? ""} line ${line}: ${text}`);
}

for (const one of manifests) {
  try {
    const { [one.kind]: Model } = require(pathOf(one));
    new Model(one).validate();
  } catch (fault) {
    faults.push(`${nameOf(one)}: ${fault.message}`);
  }
}

if (schema) {
  const Ajv = require("ajv").default;
  const validate = new Ajv({ allErrors: true, strict: false }).compile(JSON.parse(readFileSync(schema, "utf8")));
  for (const one of values) {
    if (!validate(JSON.parse(readFileSync(one, "utf8")))) {
      faults.push(...validate.errors.map((e) => `${one}: ${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`));
    }
  }
}

for (const fault of faults) console.log(fault);
process.exit(faults.length > 0 ? 1 : 0);
