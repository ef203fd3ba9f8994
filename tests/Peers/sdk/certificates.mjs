// I16, I17: CA certificates through beta.tunnels.certificates, good and defective ones, all made by openssl.
import assert from 'node:assert/strict';
import { ca } from './tunnels.mjs';
import { Anthropic, refusal, unique } from './world.mjs';

const GOOD = { basicConstraints: 'critical,CA:TRUE', keyUsage: 'critical,keyCertSign,cRLSign', subjectKeyIdentifier: 'hash' };

export async function I16(world) {
  const { client } = world.federated(await (await world.federation()).config());
  const tunnel = await world.tunnel(client);
  const good = make(world, {});
  const key = world.openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256');
  const defects = {
    'not PEM at all': ['hello', 'ca.malformed'],
    'two certificates': [good + make(world, {}), 'ca.malformed'],
    'a cut-off certificate': [good.replace(/\n[^\n]+\n[^\n]+\n-----END/, '\n-----END'), 'ca.malformed'],
    'a private key beside it': [good + key, 'ca.secret_in_input'],
    'a private key alone': [key, 'ca.secret_in_input'],
    'more than 8 kB': [make(world, { nsComment: `ASN1:UTF8String:${'x'.repeat(9000)}` }), 'request.too_large'],
    'no basic constraints': [make(world, { basicConstraints: null }), 'ca.not_a_ca'],
    'CA:FALSE': [make(world, { basicConstraints: 'critical,CA:FALSE' }), 'ca.not_a_ca'],
    'basic constraints not critical': [make(world, { basicConstraints: 'CA:TRUE' }), 'ca.not_a_ca'],
    'no subject key identifier': [make(world, { subjectKeyIdentifier: 'none' }), 'ca.identifiers'],
    'no key usage': [make(world, { keyUsage: null }), 'ca.key_usage'],
    'key usage without keyCertSign': [make(world, { keyUsage: 'critical,cRLSign' }), 'ca.key_usage'],
    'EKU without serverAuth': [make(world, { extendedKeyUsage: 'clientAuth' }), 'ca.eku'],
    'RSA of 1024 bits': [make(world, {}, ['rsa:1024']), 'ca.weak'],
    'a curve below P-256': [make(world, {}, ['ec', '-pkeyopt', 'ec_paramgen_curve:P-224']), 'ca.weak'],
    'signed with SHA-1': [make(world, {}, undefined, ['-sha1']), 'ca.weak'],
    'expired': [make(world, {}, undefined, [], ['20240101000000Z', '20250101000000Z']), 'ca.validity'],
    'not valid yet': [make(world, {}, undefined, [], ['20900101000000Z', '20910101000000Z']), 'ca.validity'],
  };

  for (const [what, [pem, code]] of Object.entries(defects)) {
    const error = await refusal(client.beta.tunnels.certificates.create(tunnel.id, { ca_certificate_pem: pem }));
    assert.ok(error instanceof Anthropic.BadRequestError, `${what}: ${error}`);
    assert.equal(error.errorCode, code, `${what}: ${error}`);
    assert.ok(error.apiMessage.length > 10, `${what}: the message names no rule`);
    assert.ok(!JSON.stringify(error.error).includes('PRIVATE KEY'), `${what}: a key came back`);
  }
  assert.deepEqual((await client.beta.tunnels.certificates.list(tunnel.id, { include_archived: true })).data, []);

  const created = await client.beta.tunnels.certificates.create(tunnel.id, { ca_certificate_pem: good });
  const file = world.file('good.pem', good);
  const fingerprint = world.openssl('x509', '-in', file, '-noout', '-fingerprint', '-sha256');
  const [, end] = world.openssl('x509', '-in', file, '-noout', '-enddate').trim().split('=');
  assert.equal(created.fingerprint, fingerprint.trim().split('=')[1].replaceAll(':', '').toLowerCase());
  assert.equal(Date.parse(created.expires_at), Date.parse(end));
  assert.match(created.id, /^tcrt_01[0-9A-Za-z]{22}$/);
  assert.equal(created.type, 'tunnel_certificate');
  assert.equal(created.tunnel_id, tunnel.id);
  assert.equal(created.archived_at, null);
}

export async function I17(world) {
  const { client, sent } = world.federated(await (await world.federation()).config());
  const certificates = client.beta.tunnels.certificates;
  const tunnel = await world.tunnel(client);
  const pem = ca(world);
  const first = await certificates.create(tunnel.id, { ca_certificate_pem: pem });

  const duplicate = await certificates.create(tunnel.id, { ca_certificate_pem: pem });
  assert.deepEqual(duplicate, first, 'the same certificate again is the same record');
  const elsewhere = await world.tunnel(client);
  assert.equal((await certificates.create(elsewhere.id, { ca_certificate_pem: pem })).fingerprint, first.fingerprint);

  const second = await certificates.create(tunnel.id, { ca_certificate_pem: ca(world) });
  const before = sent.length;
  const third = await refusal(certificates.create(tunnel.id, { ca_certificate_pem: ca(world) }));
  assert.ok(third instanceof Anthropic.BadRequestError || third instanceof Anthropic.ConflictError, String(third));
  assert.match(third.errorCode, /^[a-z_]+\.[a-z_]+$/);
  assert.equal(sent.length, before + 1, 'the SDK retried a refusal that is for good');

  const listed = [];
  for await (const certificate of certificates.list(tunnel.id, { limit: 1 })) listed.push(certificate.id);
  assert.deepEqual(listed, [second.id, first.id], 'newest first');

  const archived = await certificates.archive(first.id, { tunnel_id: tunnel.id });
  assert.ok(archived.archived_at);
  assert.deepEqual(await certificates.archive(first.id, { tunnel_id: tunnel.id }), archived);
  await certificates.create(tunnel.id, { ca_certificate_pem: ca(world) });
  for (const { id } of (await certificates.list(tunnel.id)).data) {
    assert.ok((await certificates.archive(id, { tunnel_id: tunnel.id })).archived_at, 'archiving the last one is allowed');
  }
  assert.deepEqual((await certificates.list(tunnel.id)).data, []);
  assert.equal((await certificates.list(tunnel.id, { include_archived: true })).data.length, 3);
}

/** A self-signed certificate with the good extensions, replaced or (null) left out. */
function make(world, extensions, key = ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'], extra = [], period = null) {
  const name = unique('made');
  const all = Object.entries({ ...GOOD, ...extensions }).filter(([, value]) => value !== null);
  world.file(`${name}.cnf`, [
    '[req]', 'distinguished_name=dn', 'prompt=no', 'x509_extensions=ext', 'string_mask=utf8only', '[dn]', `CN=${name}`,
    '[ext]', ...all.map(([k, v]) => `${k}=${v}`),
    '[ca]', 'default_ca=own', '[own]', 'new_certs_dir=.', `database=${name}.db`, 'default_md=sha256', 'policy=any',
    'rand_serial=yes', 'unique_subject=no', 'x509_extensions=ext', '[any]', 'commonName=supplied',
  ].join('\n'));
  const files = ['-keyout', `${name}.key`, '-config', `${name}.cnf`];
  if (period) {
    world.file(`${name}.db`, '');
    world.openssl('req', '-new', '-newkey', ...key, '-nodes', ...files, '-out', `${name}.csr`);
    world.openssl('ca', '-batch', '-selfsign', '-config', `${name}.cnf`, '-keyfile', `${name}.key`, '-in', `${name}.csr`,
      '-startdate', period[0], '-enddate', period[1], '-notext', '-out', `${name}.pem`);
  } else {
    world.openssl('req', '-x509', '-newkey', ...key, '-nodes', '-days', '30', ...extra, ...files, '-out', `${name}.pem`);
  }
  return world.openssl('x509', '-in', `${name}.pem`);
}
