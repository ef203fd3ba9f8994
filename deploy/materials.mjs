// usage: node deploy/materials.mjs PROJECT OUT
// Writes what a program that was just published consists of, into OUT:
//   PROGRAM.cdx.json     a bill of materials (CycloneDX 1.6), from what the publication resolved
//   PROGRAM.notices.txt  copyright and licence of each of these packages, as their licences ask for
// The same publication gives the same bytes. A package without a known licence is an error.

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [project, out] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const text = (...path) => readFileSync(join(...path), 'utf8').replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
const element = (xml, name) => xml.match(new RegExp(`<${name}(?: [^>]*)?>([^<]*)</${name}>`))?.[1].trim() ?? '';
const unescaped = (value) => value.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/** Declared by a file in the package instead of an expression: what that file says. */
const lookedAt = { Pkcs11Interop: 'Apache-2.0', SQLite: 'blessing' };

const program = element(text(project, `${basename(project)}.csproj`), 'AssemblyName');
const version = element(text(here, '..', 'Directory.Build.props'), 'Version');
const assets = JSON.parse(text(project, 'obj', 'publish', 'project.assets.json'));
const target = Object.entries(assets.targets).find(([name]) => name.includes('/'))?.[1];
if (!target) throw new Error(`${project} was restored for no platform: publish it with deploy/publish`);

/** Packages of which something runs; analysers and compilers bring nothing. */
const isShipped = (used) =>
  used.type === 'package' &&
  [used.runtime, used.native].some((files) => Object.keys(files ?? {}).some((file) => basename(file) !== '_._'));

/** The runtime itself is not a library of the project: it is downloaded for the platform.
*/
const runtimePacks = Object.values(assets.project.frameworks)
  .flatMap((framework) => framework.downloadDependencies ?? [])
  .filter((pack) => pack.name.includes('.App.Runtime.'))
  .map((pack) => ({ name: pack.name, version: pack.version.match(/[\d.]+[^,\]]*/)[0], uses: [] }));

const packages = Object.entries(target)
  .filter(([, used]) => isShipped(used))
  .map(([id, used]) => ({ name: id.split('/')[0], version: id.split('/')[1], uses: Object.keys(used.dependencies ?? {}) }))
  .concat(runtimePacks)
  .map(describe)
  .concat(linked())
  .sort((a, b) => (a.name < b.name ? -1 : 1));

function describe(one) {
  const lower = one.name.toLowerCase();
  const folder = Object.keys(assets.packageFolders)
    .map((cache) => join(cache, lower, one.version))
    .find(existsSync);
  const nuspec = text(folder, `${lower}.nuspec`);
  const licence = nuspec.match(/<license type="expression">([^<]*)</)?.[1] ?? lookedAt[one.name];
  if (!licence) throw new Error(`${one.name} ${one.version} declares no licence by expression`);
  return {
    ...one,
    licence,
    purl: `pkg:nuget/${one.name}@${one.version}`,
    copyright: unescaped(element(nuspec, 'copyright') || element(nuspec, 'authors')),
    url: element(nuspec, 'projectUrl'),
    sha512: Buffer.from(text(folder, `${lower}.${one.version}.nupkg.sha512`).trim(), 'base64').toString('hex'),
    files: readdirSync(folder)
      .filter((file) => /^(licen[cs]e|notice|third-?party-?notices)(\.(txt|md))?$/i.test(file))
      .sort()
      .map((file) => text(folder, file).trim()),
  };
}

/** What deploy/sqlite/build compiled into the program: in this form it is part of no NuGet package. */
function linked() {
  if (!text(project, `${basename(project)}.csproj`).includes('deploy/sqlite/')) return [];
  const folder = join(here, 'sqlite', 'node_modules', 'better-sqlite3', 'deps', 'sqlite3');
  const version = text(folder, 'sqlite3.h').match(/^#define SQLITE_VERSION +"(.*)"$/m)[1];
  return [
    {
      name: 'SQLite',
      version,
      uses: [],
      licence: lookedAt.SQLite,
      purl: `pkg:generic/sqlite@${version}`,
      copyright: 'The authors of SQLite disclaim copyright',
      url: 'https://www.sqlite.org',
      sha512: createHash('sha512').update(readFileSync(join(folder, 'sqlite3.c'))).digest('hex'),
      files: [],
    },
  ];
}

const byName = new Map(packages.map((one) => [one.name.toLowerCase(), one.purl]));
const refs = (names) => names.map((name) => byName.get(name.toLowerCase())).filter(Boolean).sort();
const self = `pkg:generic/${program}@${version}`;
const bill = {
  $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  version: 1,
  metadata: {
    component: {
      type: 'application',
      'bom-ref': self,
      name: program,
      version,
      hashes: [{ alg: 'SHA-256', content: createHash('sha256').update(readFileSync(join(out, program))).digest('hex') }],
    },
  },
  components: packages.map((one) => ({
    type: 'library',
    'bom-ref': one.purl,
    name: one.name,
    version: one.version,
    hashes: [{ alg: 'SHA-512', content: one.sha512 }],
    licenses: [{ expression: one.licence }],
    copyright: one.copyright,
    purl: one.purl,
  })),
  dependencies: [
    { ref: self, dependsOn: packages.map((one) => one.purl) },
    ...packages.map((one) => ({ ref: one.purl, dependsOn: refs(one.uses) })),
  ],
};
writeFileSync(join(out, `${program}.cdx.json`), `${JSON.stringify(bill, null, 2)}\n`);

const rule = '='.repeat(100);
const notices = [
  `${program} ${version} contains the software below, each under its own licence.`,
  ...packages.map((one) =>
    [rule, `${one.name} ${one.version}`, one.copyright, `Licence: ${one.licence}`, one.url, ...one.files.map((file) => `\n${file}`)]
      .filter((line) => line !== '')
      .join('\n'),
  ),
  ...[...new Set(packages.map((one) => one.licence))]
    .sort()
    .map((licence) => [rule, `The licence ${licence}`, '', text(here, 'licences', `${licence}.txt`).trim()].join('\n')),
];
writeFileSync(join(out, `${program}.notices.txt`), `${notices.join('\n\n')}\n`);
