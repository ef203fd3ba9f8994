// Validates manifests against the types and the JSON schemas of Kubernetes' API, of an old and of the newest version: a
// member that a type does not have, a missing one, or one of another type is an error (tsc), and so is a value that the
// API's own schema refuses (ajv).
// usage: node check.mjs CHART-VALUES-SCHEMA.json SETS.json
//   SETS: {"NAME": {"all": [MANIFEST…], "newest": [MANIFEST…], "values": {"NAME": VALUES…}}}; the manifests of `newest` use
//   members that the old version does not have. Prints {"NAME": [ERROR…]}. One compiler reads the types for all sets.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const ts = require("typescript");
const here = dirname(fileURLToPath(import.meta.url));
const [, , schema, file] = process.argv;
const sets = JSON.parse(readFileSync(file, "utf8"));
const errors = Object.fromEntries(Object.keys(sets).map((set) => [set, []]));

// The packages of both versions have the same layout. A served version of a group only gets new members, so manifests that
// are valid in 1.27 and in the newest version are valid in every version in between.
const versionsOf = ({ all, newest }) => [
  { packageName: "kubernetes-models-1.27", checked: all },
  { packageName: "kubernetes-models", checked: [...all, ...newest] },
];

// The folder of a group is its name; the core group has none. The Prometheus operator's types are a package of their own.
const pathOf = (packageName, { apiVersion, kind }) =>
  `${apiVersion.startsWith("monitoring.coreos.com/") ? "@kubernetes-models/prometheus-operator" : packageName}/${apiVersion}/${kind}`;
const nameOf = (one) => `${one.kind} ${one.metadata?.name}`;

const all = Object.entries(sets).flatMap(([set, manifests]) =>
  versionsOf(manifests).flatMap(({ packageName, checked }) => checked.map((one) => ({ set, one, path: pathOf(packageName, one) }))),
);
const source = all
  .map(({ one, path }, i) => `import type { I${one.kind} as T${i} } from "${path}";\nexport const m${i}: T${i} = ${JSON.stringify(one, null, 1)};\n`)
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
  // An error outside of the manifests is one of every set.
  const of = before ? [all[before.match(/ as T(\d+) /)[1]].set] : Object.keys(sets);
  for (const set of of) errors[set].push(`${before ?? ""} line ${line}: ${text}`);
}

for (const { set, one, path } of all) {
  try {
    const { [one.kind]: Model } = await import(path);
    new Model(one).validate();
  } catch (error) {
    errors[set].push(`${nameOf(one)} (${path}): ${error.message}`);
  }
}

const Ajv = require("ajv").default;
const validate = new Ajv({ allErrors: true, strict: false }).compile(JSON.parse(readFileSync(schema, "utf8")));
for (const [set, { values }] of Object.entries(sets)) {
  for (const [name, one] of Object.entries(values)) {
    if (!validate(one)) {
      errors[set].push(...validate.errors.map((e) => `${name}: ${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`));
    }
  }
}

console.log(JSON.stringify(errors));
