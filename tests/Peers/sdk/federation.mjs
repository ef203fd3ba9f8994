// I01, I02, I04, I05, I07–I10: the token exchange as the SDK performs it, and what it must refuse.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { SignJWT, generateKeyPair } from 'jose';
import { ca } from './tunnels.mjs';
import { now, refusal, unique } from './world.mjs';

const EXCHANGE = '/v1/oauth/token';

/** Nothing registered here: the token that the company's own identity provider hands out, and the rule of the stage. */
export async function Idp(world) {
  const token = execFileSync(process.env.CULVERT_IDP_TOKEN_COMMAND, { encoding: 'utf8' });
  const { client, sent } = world.federated({
    base_url: world.url,
    organization_id: world.organizationId,
    authentication: {
      type: 'oidc_federation',
      federation_rule_id: process.env.CULVERT_ADMIN_RULE_ID,
      service_account_id: process.env.CULVERT_ADMIN_SERVICE_ACCOUNT_ID,
      identity_token: { source: 'file', path: world.file('idp-token', token) },
    },
  });

  const tunnel = await world.tunnel(client);
  const certificate = await client.beta.tunnels.certificates.create(tunnel.id, { ca_certificate_pem: ca(world) });
  const listed = [];
  for await (const item of client.beta.tunnels.list({ limit: 1 })) listed.push(item.id);
  await client.beta.tunnels.archive(tunnel.id);

  assert.equal(listed[0], tunnel.id, 'newest first');
  assert.equal(certificate.tunnel_id, tunnel.id);
  assert.equal(sent.filter((r) => r.path === EXCHANGE).length, 1);
  assert.ok(sent.every((r) => r.status === 200), JSON.stringify(sent.map((r) => [r.path, r.status])));
}

export async function I01(world) {
  const setup = await world.federation();
  const { client, sent } = world.federated(await setup.config());

  const tunnel = await client.beta.tunnels.create({ display_name: unique('sdk') });
  world.later(() => world.admin.beta.tunnels.archive(tunnel.id));

  assert.deepEqual(sent.map((r) => `${r.method} ${r.path} ${r.status}`), [
    `POST ${EXCHANGE} 200`,
    'POST /v1/tunnels 200',
  ]);
  assert.ok(sent.every((r) => r.url.startsWith(`${world.url}/`)), 'a request left for another host');
  assert.match(sent[1].headers.get('authorization'), /^Bearer ey/);
  assert.match(tunnel.id, /^tnl_01[0-9A-Za-z]{22}$/);
  assert.equal(tunnel.type, 'tunnel');
  assert.equal(tunnel.archived_at, null);
  assert.match(tunnel.domain, /^[a-z0-9-]+(\.[a-z0-9-]+)+$/);
  assert.ok(Math.abs(Date.parse(tunnel.created_at) - Date.now()) < 60_000);
}

export async function I02(world) {
  const setup = await world.federation();

  const right = world.federated(await setup.config(undefined, { service_account_id: setup.account.id }));
  assert.ok(await right.client.beta.tunnels.list({ limit: 1 }));
  assert.equal(JSON.parse(right.sent[0].body).service_account_id, setup.account.id);

  const without = world.federated(await setup.config());
  assert.ok(await without.client.beta.tunnels.list({ limit: 1 }));
  assert.ok(!('service_account_id' in JSON.parse(without.sent[0].body)));

  const other = await world.admin.organization.serviceAccounts.create({ name: unique('sdk'), organization_role: 'developer' });
  world.later(() => world.admin.organization.serviceAccounts.archive(other.id));
  const wrong = world.federated(await setup.config(undefined, { service_account_id: other.id }));
  const error = await refusal(wrong.client.beta.tunnels.list({ limit: 1 }));
  assert.equal(error.statusCode, 401);
  assert.ok(!JSON.stringify(error.body).includes('service_account'), 'the refusal tells why');
  assert.equal((await world.history(error.requestId)).length, 1);
}

export async function I04(world) {
  const setup = await world.federation();
  const { client, sent } = world.federated(await setup.config());

  const pages = await Promise.all(Array.from({ length: 20 }, () => client.beta.tunnels.list({ limit: 1 })));

  assert.equal(pages.length, 20);
  assert.equal(sent.filter((r) => r.path === EXCHANGE).length, 1);
  assert.equal(sent.filter((r) => r.path === '/v1/tunnels' && r.status === 200).length, 20);
}

export async function I05(world) {
  const setup = await world.federation({ life: 3600 });

  const short = await world.exchange(world.assertionBody(setup, await setup.mint({ exp: now() + 100 })));
  assert.equal(short.status, 200, short.text);
  assert.ok(short.json.expires_in <= 200 && short.json.expires_in >= 190, `expires_in ${short.json.expires_in}`);

  const dying = await world.exchange(world.assertionBody(setup, await setup.mint({ exp: now() + 10 })));
  assert.equal(dying.status, 200, dying.text);
  assert.equal(dying.json.expires_in, 60);

  const long = await world.exchange(world.assertionBody(setup, await setup.mint({ exp: now() + 3500 })));
  assert.equal(long.status, 200, long.text);
  assert.ok(long.json.expires_in <= 3600 && long.json.expires_in > 3000, `expires_in ${long.json.expires_in}`);
  assert.equal(long.json.token_type, 'Bearer');
  assert.equal(long.json.scope, 'workspace:manage_tunnels');
  assert.ok(!('refresh_token' in long.json));
}

export async function I07(world) {
  const single = await world.federation();
  const token = await single.mint();
  assert.ok(await world.federated(await single.config(token)).client.beta.tunnels.list({ limit: 1 }));
  const error = await refusal(world.federated(await single.config(token)).client.beta.tunnels.list({ limit: 1 }));
  assert.equal(error.statusCode, 401);
  assert.equal(reasonOf(await world.history(error.requestId)), 'jti_reused');

  const bare = await single.mint({ jti: undefined });
  assert.ok(await world.federated(await single.config(bare)).client.beta.tunnels.list({ limit: 1 }));
  assert.ok(await world.federated(await single.config(bare)).client.beta.tunnels.list({ limit: 1 }));

  const unchecked = await world.federation({ issuer: { check_jti: false } });
  assert.equal(unchecked.issuer.check_jti, false);
  const again = await unchecked.mint();
  assert.ok(await world.federated(await unchecked.config(again)).client.beta.tunnels.list({ limit: 1 }));
  assert.ok(await world.federated(await unchecked.config(again)).client.beta.tunnels.list({ limit: 1 }));
}

export async function I08(world) {
  const setup = await world.federation();
  const large = await setup.mint({ padding: 'x'.repeat(13_000) });
  assert.ok(large.length > 16 * 1024);

  const { client, sent } = world.federated(await setup.config(large));
  const error = await refusal(client.beta.tunnels.list());
  assert.match(error.message, /16 KiB/);
  assert.equal(sent.length, 0, 'the SDK sent what it refuses itself');

  const raw = await world.exchange(world.assertionBody(setup, large));
  assert.equal(raw.status, 400, raw.text);
  assert.equal(raw.json.error.type, 'invalid_request_error');
  assert.match(raw.json.error.message, /assertion/);
  assert.deepEqual(await world.history(raw.json.request_id), [], 'a malformed request has no history');
}

export async function I09(world) {
  const setup = await world.federation({ issuer: { max_jwt_lifetime_seconds: 600 } });
  const stranger = (await generateKeyPair('ES256')).privateKey;
  const denied = {
    'algorithm HS256': () => hmac(setup),
    'algorithm none': () => unsigned(setup),
    'no kid': () => setup.mint({}, { kid: undefined }),
    'unknown kid': () => setup.mint({}, { kid: unique('key') }),
    'another key under our kid': () => forged(setup, stranger),
    'iat in the future': () => setup.mint({ iat: now() + 120, exp: now() + 400 }),
    'no iat': () => setup.mint({ iat: undefined }),
    'a life beyond the maximum': () => setup.mint({ exp: now() + 700 }),
    'expired beyond the leeway': () => setup.mint({ iat: now() - 300, exp: now() - 35 }),
    'another issuer': () => setup.mint({ iss: 'https://elsewhere.example.com' }),
    'another audience': () => setup.mint({ aud: 'https://elsewhere.example.com' }),
    'another subject': () => setup.mint({ sub: 'somebody-else' }),
  };

  const bodies = new Set();
  const reasons = new Map();
  for (const [what, make] of Object.entries(denied)) {
    const answer = await world.exchange(world.assertionBody(setup, await make()));
    assert.equal(answer.status, 401, `${what}: ${answer.text}`);
    assert.equal(answer.headers.get('request-id'), answer.json.request_id, what);
    const { request_id: requestId, ...body } = answer.json;
    bodies.add(JSON.stringify(body));
    const reason = reasonOf(await world.history(requestId));
    assert.ok(reason, `${what}: no reason in the history`);
    assert.ok(!reasons.has(reason), `${what} and ${reasons.get(reason)} share the reason ${reason}`);
    reasons.set(reason, what);
  }

  assert.equal(bodies.size, 1, `bodies differ: ${[...bodies].join('\n')}`);
  assert.equal(JSON.parse([...bodies][0]).error.type, 'authentication_error');

  const skewed = await world.exchange(world.assertionBody(setup, await setup.mint({ iat: now() - 300, exp: now() - 20 })));
  assert.equal(skewed.status, 200, `20 s of skew are within the leeway: ${skewed.text}`);
}

export async function I10(world) {
  const setup = await world.federation();
  const { client, sent } = world.federated(await setup.config(await setup.mint({ sub: 'somebody-else' })));

  const error = await refusal(client.beta.tunnels.list());

  assert.equal(error.constructor.name, 'WorkloadIdentityError');
  assert.equal(error.statusCode, 401);
  assert.match(error.requestId, /^req_01[0-9A-Za-z]{22}$/);
  assert.equal(error.requestId, sent[0].responseHeaders.get('Request-Id'));
  const body = typeof error.body === 'string' ? JSON.parse(error.body) : error.body;
  assert.deepEqual(Object.keys(body), ['error']);
  assert.equal(body.error.message, 'Authentication failed');
  assert.equal(sent.length, 1, 'a refused exchange is not repeated');
}

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

const claimsOf = (setup) => ({
  iss: setup.issuerUrl, sub: setup.subject, aud: setup.world.url, iat: now(), exp: now() + 300, jti: unique('jti'),
});

function hmac(setup) {
  const signed = `${part({ alg: 'HS256', kid: setup.kid, typ: 'JWT' })}.${part(claimsOf(setup))}`;
  return `${signed}.${createHmac('sha256', JSON.stringify(setup.kid)).update(signed).digest('base64url')}`;
}

function unsigned(setup) {
  return `${part({ alg: 'none', kid: setup.kid, typ: 'JWT' })}.${part(claimsOf(setup))}.`;
}

function forged(setup, key) {
  return new SignJWT(claimsOf(setup)).setProtectedHeader({ alg: 'ES256', kid: setup.kid, typ: 'JWT' }).sign(key);
}

function reasonOf(entries) {
  assert.equal(entries.length, 1, `one history entry expected: ${JSON.stringify(entries)}`);
  return entries[0].reason;
}
