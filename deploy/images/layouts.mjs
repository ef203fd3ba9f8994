// usage: node deploy/images/layouts.mjs PUBLISHED OUT [ROOTS]
// Builds the images that deploy/images/Dockerfile describes, from the programs in PUBLISHED and without a container engine.
// For each program it writes into OUT:
//   PROGRAM-VERSION-PLATFORM.oci.tar         the image, as an archive of an OCI image layout (image-spec 1.1)
//   PROGRAM-VERSION-PLATFORM.image.cdx.json  its bill of materials (CycloneDX 1.6): the program's, and the Debian packages
// ROOTS holds what deploy/images/root unpacked, as ROOTS/edge and ROOTS/service; without it the packages are downloaded.
// The same input gives the same bytes. GZIP_OPTIONS are passed to gzip, such as -1 for a quick build.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const [published, out, givenRoots] = process.argv.slice(2);
if (!out) {
  console.error('usage: node deploy/images/layouts.mjs PUBLISHED OUT [ROOTS]');
  process.exit(64);
}

const here = dirname(fileURLToPath(import.meta.url));
const repository = join(here, '..', '..');
const text = (...path) => readFileSync(join(...path), 'utf8');
const run = (program, ...words) => execFileSync(program, words, { maxBuffer: 1 << 30, stdio: ['ignore', 'pipe', 'inherit'] });
const line = (program, ...words) => run(program, ...words).toString().trim();
const digestOf = (bytes) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

const version = text(repository, 'Directory.Build.props').match(/<Version>(.*)<\/Version>/)[1];
const epoch = Number(process.env.SOURCE_DATE_EPOCH ?? line('git', '-C', repository, 'log', '-1', '--format=%ct'));
const created = new Date(epoch * 1000).toISOString().replace('.000', '');
const revision = process.env.SOURCE_REVISION ?? line('git', '-C', repository, 'rev-parse', 'HEAD');
const architecture = line('dpkg', '--print-architecture');
const platform = `linux-${{ amd64: 'x64' }[architecture] ?? architecture}`;

const types = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
};

process.umask(0o022);
const work = mkdtempSync(join(tmpdir(), 'culvert-images-'));
try {
  mkdirSync(out, { recursive: true });
  const stages = readStages(text(here, 'Dockerfile'));
  const parts = debianParts(stages.find((stage) => stage.name === 'files'));
  for (const stage of stages.filter((one) => one.from === 'scratch')) writeImage(stage, parts);
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** The instructions of the Dockerfile by stage, continued lines joined. */
function readStages(dockerfile) {
  const stages = [];
  for (const instruction of dockerfile.replaceAll('\\\n', ' ').split('\n')) {
    if (instruction === '' || instruction.startsWith('#')) continue;
    const [, word, rest] = instruction.match(/^(\w+) +(.*)$/);
    if (word === 'FROM') {
      const [from, , name] = rest.split(' ');
      stages.push({ name, from, instructions: [] });
    } else {
      stages.at(-1).instructions.push([word, rest]);
    }
  }
  return stages;
}

/** What the first stage unpacks, by its path there, such as /image: the folder, and its layer, which several images share. */
function debianParts(stage) {
  const commands = stage.instructions.filter(([word]) => word === 'RUN').map(([, rest]) => rest);
  const made = commands.flatMap((command) => [...command.matchAll(/\/make-root (\w+) (\/[\w-]+)/g)]);
  return new Map(
    made.map(([, name, path]) => {
      const root = join(resolve(givenRoots ?? work), name);
      if (!givenRoots) run(join(here, 'root'), name, root);
      return [path, { root, layer: undefined }];
    }),
  );
}

/** A layer from a folder. What lies in `own` belongs to the image's user alone; everything else to root. */
function layerOf(folder, user, own = []) {
  const file = join(work, 'layer.tar');
  const common = ['--sort=name', '--format=gnu', `--mtime=@${epoch}`, '--numeric-owner', '-C', folder, '-f', file];
  const excluded = own.map((path) => `--exclude=${path}`);
  run('tar', '--create', '--owner=0', '--group=0', '--anchored', ...excluded, ...common, ...readdirSync(folder).sort());
  if (own.length > 0) {
    const [uid, gid] = user.split(':');
    run('tar', '--append', `--owner=${uid}`, `--group=${gid}`, '--mode=0700', '--no-recursion', ...common, ...own);
  }
  const tar = readFileSync(file);
  const options = (process.env.GZIP_OPTIONS ?? '-6').split(' ');
  const bytes = run('gzip', '-n', '-c', ...options, file);
  rmSync(file);
  return { bytes, diffId: digestOf(tar) };
}

function writeImage(stage, parts) {
  const config = { Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'], ExposedPorts: {}, Labels: {} };
  const tree = mkdtempSync(join(work, 'tree-'));
  let part;
  for (const [word, rest] of stage.instructions) {
    switch (word) {
      case 'COPY':
        if (rest.startsWith('--from=files ')) part = parts.get(rest.split(' ')[1]);
        else copyInto(tree, ...rest.split(' '));
        break;
      case 'ENV':
        config.Env.push(...rest.split(/ +/));
        break;
      case 'LABEL':
        for (const [, name, value] of rest.matchAll(/([\w.]+)="([^"]*)"/g)) config.Labels[name] = value;
        break;
      case 'USER':
        config.User = rest;
        break;
      case 'WORKDIR':
        config.WorkingDir = rest;
        break;
      case 'EXPOSE':
        for (const port of rest.split(' ')) config.ExposedPorts[`${port}/tcp`] = {};
        break;
      case 'ENTRYPOINT':
        config.Entrypoint = JSON.parse(rest);
        break;
      case 'CMD':
        config.Cmd = JSON.parse(rest);
        break;
      case 'HEALTHCHECK':
        config.Healthcheck = { Test: ['CMD', ...JSON.parse(rest.replace(/^CMD /, ''))] };
        break;
      default:
        throw new Error(`deploy/images/Dockerfile: ${word} is not understood here`);
    }
  }

  const program = basename(config.Entrypoint[0]);
  Object.assign(config.Labels, {
    'org.opencontainers.image.created': created,
    'org.opencontainers.image.revision': revision,
    'org.opencontainers.image.version': version,
  });
  part.layer ??= layerOf(part.root, config.User, [config.WorkingDir.slice(1)]);
  const layers = [part.layer, layerOf(tree, config.User)];

  const blobs = new Map();
  const add = (mediaType, bytes) => {
    const digest = digestOf(bytes);
    blobs.set(digest, bytes);
    return { mediaType, digest, size: bytes.length };
  };
  const addJson = (mediaType, value) => add(mediaType, Buffer.from(JSON.stringify(value)));

  const image = addJson(types.config, {
    created,
    architecture,
    os: 'linux',
    config,
    rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.diffId) },
    history: [
      { created, created_by: 'deploy/images/root', comment: 'Debian packages' },
      { created, created_by: 'deploy/publish', comment: program },
    ],
  });
  const manifest = addJson(types.manifest, {
    schemaVersion: 2,
    mediaType: types.manifest,
    config: image,
    layers: layers.map((layer) => add(types.layer, layer.bytes)),
    annotations: config.Labels,
  });
  const index = {
    schemaVersion: 2,
    mediaType: types.index,
    manifests: [
      { ...manifest, platform: { architecture, os: 'linux' }, annotations: { 'org.opencontainers.image.ref.name': version } },
    ],
  };
  writeLayout(join(out, `${program}-${version}-${platform}.oci.tar`), blobs, index);
  writeBill(join(out, `${program}-${version}-${platform}.image.cdx.json`), program, manifest.digest, part.root);
}

function copyInto(tree, source, target) {
  const from = join(published, source.replace(/^out\//, ''));
  mkdirSync(join(tree, dirname(target)), { recursive: true });
  copyFileSync(from, join(tree, target));
  chmodSync(join(tree, target), statSync(from).mode & 0o100 ? 0o755 : 0o644);
}

function writeLayout(file, blobs, index) {
  const layout = mkdtempSync(join(work, 'layout-'));
  mkdirSync(join(layout, 'blobs', 'sha256'), { recursive: true });
  for (const [digest, bytes] of blobs) writeFileSync(join(layout, 'blobs', ...digest.split(':')), bytes);
  writeFileSync(join(layout, 'index.json'), JSON.stringify(index));
  writeFileSync(join(layout, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  run(
    'tar', '--create', '--sort=name', '--format=gnu', `--mtime=@${epoch}`, '--owner=0', '--group=0', '--numeric-owner',
    '--mode=u=rwX,go=rX', '-C', layout, '-f', file, 'blobs', 'index.json', 'oci-layout',
  );
  rmSync(layout, { recursive: true });
}

/** The program's own bill of materials, with the image around it and with Debian's packages. */
function writeBill(file, program, digest, root) {
  const bill = JSON.parse(text(published, `${program}.cdx.json`));
  const inside = bill.metadata.component;
  const [, id] = text(root, 'usr/lib/os-release').match(/^ID="?(\w+)/m);
  const [, release] = text(root, 'usr/lib/os-release').match(/^VERSION_ID="?([\w.]+)/m);
  const status = join(root, 'var/lib/dpkg/status.d');
  const packages = readdirSync(status).sort().map((name) => {
    const fields = Object.fromEntries([...text(status, name).matchAll(/^(\w+): (.*)$/gm)].map(([, key, value]) => [key, value]));
    const purl = `pkg:deb/${id}/${name}@${encodeURIComponent(fields.Version)}?arch=${fields.Architecture}&distro=${id}-${release}`;
    return { type: 'library', 'bom-ref': purl, name, version: fields.Version, purl };
  });
  const purl = `pkg:oci/${program}@${encodeURIComponent(digest)}`;
  bill.metadata.component = { type: 'container', 'bom-ref': purl, name: program, version, purl };
  bill.components = [inside, ...packages, ...bill.components];
  const within = [inside, ...packages].map((one) => one['bom-ref']);
  bill.dependencies = [{ ref: purl, dependsOn: within }, ...packages.map((one) => ({ ref: one['bom-ref'] })), ...bill.dependencies];
  writeFileSync(file, `${JSON.stringify(bill, null, 2)}\n`);
}
