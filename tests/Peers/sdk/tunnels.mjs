// I11–I15, I24 and the life of a tunnel: beta.tunnels as the SDK calls it.
import assert from 'node:assert/strict';
import { Agent, request } from 'node:https';
import { Anthropic, refusal, unique } from './world.mjs';

export async function Tunnels(world) {
  const setup = await world.federation();
  const { client, sent } = world.federated(await setup.config());
  const name = unique('sdk');

  const tunnel = await world.tunnel(client, { display_name: name });
  assert.deepEqual(await client.beta.tunnels.retrieve(tunnel.id), tunnel);
  assert.equal(tunnel.display_name, name);

  const nameless = await world.tunnel(client, {});
  assert.equal(nameless.display_name, null);
  assert.notEqual(nameless.domain, tunnel.domain);

  const listed = await client.beta.tunnels.list({ limit: 1000 });
  assert.ok(listed.data.some((t) => t.id === tunnel.id) && listed.data.some((t) => t.id === nameless.id));

  const token = await client.beta.tunnels.revealToken(tunnel.id);
  assert.equal(token.type, 'tunnel_token');
  assert.match(token.tunnel_token, /^clv_tun_[0-9A-Za-z_-]{43}$/);
  const rotated = await client.beta.tunnels.rotateToken(tunnel.id, { reason: 'check' });
  assert.notEqual(rotated.tunnel_token, token.tunnel_token);

  const archived = await client.beta.tunnels.archive(tunnel.id);
  assert.ok(Date.parse(archived.archived_at) >= Date.parse(tunnel.created_at));
  const rest = await client.beta.tunnels.list({ limit: 1000 });
  assert.ok(!rest.data.some((t) => t.id === tunnel.id), 'an archived tunnel is listed');

  assert.equal(sent.filter((r) => r.path === '/v1/oauth/token').length, 1);
  assert.ok(sent.every((r) => r.status === 200), JSON.stringify(sent.map((r) => [r.path, r.status])));
}

export async function I11(world) {
  const setup = await world.federation();
  const { client, sent } = world.federated(await setup.config());
  const made = [];
  for (let n = 0; n < 5; n++) made.push((await world.tunnel(client)).id);

  const seen = [];
  for await (const tunnel of client.beta.tunnels.list({ limit: 2, include_archived: true })) seen.push(tunnel);

  assert.deepEqual(seen.slice(0, 5).map((t) => t.id), made.toReversed(), 'newest first');
  assert.equal(new Set(seen.map((t) => t.id)).size, seen.length, 'a tunnel is listed twice');
  const pages = sent.filter((r) => r.method === 'GET' && r.path === '/v1/tunnels');
  assert.equal(pages.length, Math.ceil(seen.length / 2));
  for (const page of pages) {
    const query = new URL(page.url).searchParams;
    assert.equal(query.get('limit'), '2');
    assert.equal(query.get('include_archived'), 'true');
  }

  const first = await client.beta.tunnels.list({ limit: 2 });
  assert.equal(first.data.length, 2);
  assert.ok(first.next_page && !made.some((id) => first.next_page.includes(id)), 'the cursor is not opaque');
  assert.ok(first.hasNextPage());
  let last = first;
  while (last.hasNextPage()) last = await last.getNextPage();
  assert.equal(last.next_page, null);

  const error = await refusal(client.beta.tunnels.list({ page: 'no-cursor' }));
  assert.ok(error instanceof Anthropic.BadRequestError, String(error));
  assert.equal(error.errorCode, 'request.invalid');
}

export async function I12(world) {
  const { client, sent } = world.federated(await (await world.federation()).config());

  const error = await refusal(client.beta.tunnels.retrieve(`tnl_01${'0'.repeat(22)}`));

  assert.ok(error instanceof Anthropic.NotFoundError, String(error));
  assert.equal(error.type, 'not_found_error');
  assert.match(error.requestID, /^req_01[0-9A-Za-z]{22}$/);
  assert.equal(error.requestID, error.error.request_id);
  assert.equal(sent.filter((r) => r.method === 'GET').length, 1, 'an unknown id is asked for once');
  const malformed = await refusal(client.beta.tunnels.retrieve('no-id'));
  assert.ok(malformed instanceof Anthropic.NotFoundError, String(malformed));
}

export async function I13(world) {
  const { client } = world.federated(await (await world.federation()).config());
  const tunnel = await world.tunnel(client);
  const certificate = await client.beta.tunnels.certificates.create(tunnel.id, { ca_certificate_pem: ca(world) });

  const first = await client.beta.tunnels.archive(tunnel.id);
  const second = await client.beta.tunnels.archive(tunnel.id);

  assert.deepEqual(second, first);
  assert.ok(first.archived_at);
  const kept = await client.beta.tunnels.certificates.retrieve(certificate.id, { tunnel_id: tunnel.id });
  assert.equal(kept.archived_at, first.archived_at, 'the certificate was archived in the same operation');
  assert.deepEqual((await client.beta.tunnels.certificates.list(tunnel.id)).data, []);

  for (const call of [
    () => client.beta.tunnels.revealToken(tunnel.id),
    () => client.beta.tunnels.rotateToken(tunnel.id, {}),
    () => client.beta.tunnels.certificates.create(tunnel.id, { ca_certificate_pem: ca(world) }),
  ]) {
    const error = await refusal(call());
    assert.ok(error.status >= 400 && error.status < 500, String(error));
    assert.equal(error.errorCode, 'tunnel.archived');
  }

  const next = await world.tunnel(client);
  assert.notEqual(next.domain, tunnel.domain);
}

export async function I14(world) {
  const { client } = world.federated(await (await world.federation()).config());
  const tunnel = await world.tunnel(client);
  await world.raw('POST', `/v1/tunnels/${tunnel.id}`, { body: { agent_source_ranges: ['127.0.0.0/8', '::1/128'] } });
  const old = await client.beta.tunnels.revealToken(tunnel.id);
  assert.deepEqual(await client.beta.tunnels.revealToken(tunnel.id), old, 'stable until rotated');

  const agent = await enrol(world, tunnel.id, 'first', old.tunnel_token);
  assert.equal(agent.status, 200, agent.text);
  const connection = machine(world, agent);
  assert.equal(await connection.feed(), 200);

  const reason = unique('reason');
  const fresh = await client.beta.tunnels.rotateToken(tunnel.id, { reason });
  assert.notEqual(fresh.id, old.id);
  assert.deepEqual(await client.beta.tunnels.revealToken(tunnel.id), fresh);

  const refused = await enrol(world, tunnel.id, 'second', old.tunnel_token);
  assert.equal(refused.status, 401, refused.text);
  assert.equal((await enrol(world, tunnel.id, 'third', fresh.tunnel_token)).status, 200);
  assert.equal(await connection.feed(), 200, 'the established connection stays');
  connection.close();

  const event = (await world.audit()).find((e) => e?.event === 'tunnel_token_rotated' && e.event_data.reason === reason);
  assert.ok(event, 'the reason is not in the audit');
  assert.equal(event.event_data.tunnel_token_id, fresh.id);
  assert.ok(!JSON.stringify(event).includes(fresh.tunnel_token));
}

export async function I15(world) {
  const { client, sent } = world.federated(await (await world.federation()).config());
  const tunnel = await world.tunnel(client);
  const certificate = await client.beta.tunnels.certificates.create(tunnel.id, { ca_certificate_pem: ca(world) });
  sent.length = 0;

  await client.beta.tunnels.revealToken(tunnel.id);
  await client.beta.tunnels.certificates.archive(certificate.id, { tunnel_id: tunnel.id });
  await client.beta.tunnels.archive(tunnel.id);

  assert.equal(sent.length, 3);
  for (const call of sent) {
    assert.equal(call.status, 200, call.path);
    assert.equal(call.body ?? null, null);
    assert.equal(call.headers.get('content-type'), null);
  }
}

export async function I24(world) {
  const { client } = world.federated(await (await world.federation()).config());

  const { data, response, request_id: requestId } = await client.beta.tunnels.list({ limit: 1 }).withResponse();

  assert.ok(Array.isArray(data.data));
  assert.match(response.headers.get('request-id'), /^req_01[0-9A-Za-z]{22}$/);
  assert.equal(requestId, response.headers.get('request-id'));
  assert.equal(response.headers.get('anthropic-organization-id'), world.organizationId);
  assert.equal(response.headers.get('anthropic-workspace-id'), world.workspaceId);
}

/** A certificate authority that nothing is wrong with. */
export function ca(world) {
  const name = unique('ca');
  world.openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30',
    '-keyout', `${name}.key`, '-out', `${name}.pem`, '-subj', `/CN=${name}`,
    '-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign');
  return world.openssl('x509', '-in', `${name}.pem`);
}

async function enrol(world, tunnelId, instance, token) {
  const key = unique('agent');
  world.openssl('req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
    '-keyout', `${key}.key`, '-out', `${key}.csr`, '-subj', '/');
  const csr = world.openssl('req', '-in', `${key}.csr`);
  const answer = await world.raw('POST', '/v1/agent/enrollments', {
    authorization: `Bearer ${token}`,
    body: { tunnel_id: tunnelId, instance_id: unique(instance), csr },
  });
  return { ...answer, key: answer.status === 200 ? world.openssl('pkey', '-in', `${key}.key`) : null };
}

/** The machine port by the certificate of an enrolment, over one connection that stays. */
function machine(world, { json, key }) {
  const agent = new Agent({
    key,
    cert: json.certificate.certificate_pem + json.certificate.chain_pem,
    ca: json.platform_bundle.pem,
    // Agents check this SAN themselves; a browser's idea of host names does not apply to it.
    checkServerIdentity: (_host, peer) =>
      peer.subjectaltname.includes('/service/') ? undefined : new Error(`not the service: ${peer.subjectaltname}`),
    keepAlive: true,
    maxSockets: 1,
  });
  const url = new URL('/v1/agent/feed?since=0&wait=1s', json.machine_url ?? world.machineUrl);
  const sockets = new Set();
  return {
    feed: () =>
      new Promise((resolve, reject) => {
        const call = request(url, { agent }, (response) => {
          response.resume().on('end', () => resolve(response.statusCode));
        });
        call.on('socket', (socket) => {
          sockets.add(socket);
          assert.equal(sockets.size, 1, 'the connection was not kept');
        });
        call.on('error', reject).end();
      }),
    close: () => agent.destroy(),
  };
}
