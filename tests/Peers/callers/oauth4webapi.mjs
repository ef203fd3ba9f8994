// The token endpoint and its companions as an unmodified OAuth client library uses them: discovery (RFC 8414), the
// jwt-bearer and token-exchange grants (RFC 7523, 8693), DPoP (9449), introspection (7662), revocation (7009), and its
// own validation of the access token (9068).
import assert from 'node:assert/strict';
import * as oauth from 'oauth4webapi';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const JWT = 'urn:ietf:params:oauth:token-type:jwt';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

export async function Oauth4webapiDiscovery(world) {
  const as = await discover(world);

  assert.equal(as.issuer, world.url);
  for (const endpoint of ['token_endpoint', 'jwks_uri', 'introspection_endpoint', 'revocation_endpoint']) {
    assert.ok(as[endpoint].startsWith(`${world.url}/`), endpoint);
  }
  assert.ok(as.grant_types_supported.includes(JWT_BEARER));
  assert.ok(as.grant_types_supported.includes(TOKEN_EXCHANGE));
  assert.ok(as.dpop_signing_alg_values_supported.includes('ES256'));
}

export async function Oauth4webapiJwtBearer(world) {
  const setup = await world.federation();
  const as = await discover(world);

  const token = await grant(as, setup, JWT_BEARER, { assertion: await setup.mint() });

  assert.equal(token.token_type, 'bearer');
  assert.equal(token.scope, 'workspace:manage_tunnels');
  const claims = await validate(world, as, token.access_token);
  assert.equal(claims.sub, setup.account.id);
  assert.equal(claims.client_id, setup.rule.id);
  assert.equal((await listTunnels(world, `Bearer ${token.access_token}`)).status, 200);
}

export async function Oauth4webapiTokenExchange(world) {
  const setup = await world.federation();
  const as = await discover(world);

  const token = await grant(as, setup, TOKEN_EXCHANGE, {
    subject_token: await setup.mint(),
    subject_token_type: JWT,
    requested_token_type: ACCESS_TOKEN,
    resource: world.url,
    scope: 'workspace:manage_tunnels',
  });

  assert.equal(token.issued_token_type, ACCESS_TOKEN);
  assert.equal((await validate(world, as, token.access_token)).aud, world.url);

  // Narrower only: what it grants came from the first token, and so does its end.
  const again = await grant(as, setup, TOKEN_EXCHANGE, {
    subject_token: token.access_token,
    subject_token_type: ACCESS_TOKEN,
  });
  const [first, second] = [decode(token.access_token), decode(again.access_token)];
  assert.equal(second.family, first.family);
  assert.ok(second.exp <= first.src.root_exp);
}

export async function Oauth4webapiRefusals(world) {
  const setup = await world.federation();
  const as = await discover(world);
  const assertion = await setup.mint();
  const broken = `${assertion.slice(0, -4)}AAAA`;

  const bearer = await refused(grant(as, setup, JWT_BEARER, { assertion: broken }));
  assert.deepEqual([bearer.status, bearer.error], [400, 'invalid_grant']);
  const exchange = await refused(
    grant(as, setup, TOKEN_EXCHANGE, { subject_token: broken, subject_token_type: JWT }),
  );
  assert.deepEqual([exchange.status, exchange.error], [400, 'invalid_request']);
  const scope = await refused(grant(as, setup, JWT_BEARER, { assertion, scope: 'org:admin' }));
  assert.deepEqual([scope.status, scope.error], [400, 'invalid_scope']);
  const target = await refused(
    grant(as, setup, JWT_BEARER, { assertion: await setup.mint(), resource: 'https://elsewhere.example.com' }),
  );
  assert.deepEqual([target.status, target.error], [400, 'invalid_target']);
  const type = await refused(
    grant(as, setup, TOKEN_EXCHANGE, {
      subject_token: assertion,
      subject_token_type: 'urn:ietf:params:oauth:token-type:saml2',
    }),
  );
  assert.equal(type.status, 400);
}

export async function Oauth4webapiDpop(world) {
  const setup = await world.federation();
  const as = await discover(world);
  const client = clientOf(setup);
  const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'));
  const assertion = await setup.mint();

  const token = await withNonce(() => grant(as, setup, JWT_BEARER, { assertion }, { DPoP }));
  assert.equal(token.token_type, 'dpop');
  assert.match(decode(token.access_token).cnf.jkt, /^[\w-]{43}$/);

  const url = new URL(`${world.url}/v1/tunnels?limit=1`);
  const call = () => oauth.protectedResourceRequest(token.access_token, 'GET', url, undefined, undefined, { DPoP });
  assert.equal((await withNonce(call)).status, 200);

  // What a thief has is the token alone.
  assert.equal((await listTunnels(world, `Bearer ${token.access_token}`)).status, 401);
  const thief = oauth.DPoP(client, await oauth.generateKeyPair('ES256'));
  const stolen = () => oauth.protectedResourceRequest(token.access_token, 'GET', url, undefined, undefined, { DPoP: thief });
  await assert.rejects(withNonce(stolen), (e) => e.status === 401);
}

export async function Oauth4webapiIntrospection(world) {
  const setup = await world.federation();
  const as = await discover(world);
  const { access_token: token } = await grant(as, setup, JWT_BEARER, { assertion: await setup.mint() });

  const seen = await introspect(world, as, setup, token, world.adminKey);
  assert.equal(seen.active, true);
  assert.equal(seen.sub, setup.account.id);
  assert.equal(seen.scope, 'workspace:manage_tunnels');
  assert.equal((await introspect(world, as, setup, token, token)).active, true, 'the account that it is for');

  const other = await world.federation();
  const { access_token: foreign } = await grant(as, other, JWT_BEARER, { assertion: await other.mint() });
  assert.deepEqual(await introspect(world, as, setup, token, foreign), { active: false });
  assert.deepEqual(await introspect(world, as, setup, 'no.such.token', world.adminKey), { active: false });
}

export async function Oauth4webapiRevocation(world) {
  const setup = await world.federation();
  const as = await discover(world);
  const { access_token: token } = await grant(as, setup, JWT_BEARER, { assertion: await setup.mint() });
  assert.equal((await listTunnels(world, `Bearer ${token}`)).status, 200);

  const response = await oauth.revocationRequest(as, clientOf(setup), oauth.None(), token);
  await oauth.processRevocationResponse(response);

  assert.equal((await listTunnels(world, `Bearer ${token}`)).status, 401);
  assert.deepEqual(await introspect(world, as, setup, token, world.adminKey), { active: false });
  // Unknown ones too (RFC 7009 §2.2).
  await oauth.processRevocationResponse(await oauth.revocationRequest(as, clientOf(setup), oauth.None(), 'unknown'));
}

const clientOf = (setup) => ({ client_id: setup.rule.id });

async function discover(world) {
  const issuer = new URL(world.url);
  const response = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2' });
  const as = await oauth.processDiscoveryResponse(issuer, response).catch(async (e) => {
    // The library compares with URL.href, which ends in a slash; issuers without a path have none (RFC 8414 §2).
    if (e.code !== oauth.JSON_ATTRIBUTE_COMPARISON) throw e;
    return e.cause.body;
  });
  return as;
}

async function grant(as, setup, type, parameters, options) {
  const response = await oauth.genericTokenEndpointRequest(as, clientOf(setup), oauth.None(), type, parameters, options);
  return oauth.processGenericTokenEndpointResponse(as, clientOf(setup), response);
}

async function validate(world, as, token) {
  const request = new Request(`${world.url}/v1/tunnels`, { headers: { authorization: `Bearer ${token}` } });
  return oauth.validateJwtAccessToken(as, request, world.url);
}

async function introspect(world, as, setup, token, credential) {
  const bearer = (_as, _client, _body, headers) => headers.set('authorization', `Bearer ${credential}`);
  const response = await oauth.introspectionRequest(as, clientOf(setup), bearer, token);
  return oauth.processIntrospectionResponse(as, clientOf(setup), response);
}

/** The library remembers the nonce of an answer; the repeat is the caller's (RFC 9449 §8). */
async function withNonce(call) {
  try {
    return await call();
  } catch (e) {
    if (!oauth.isDPoPNonceError(e)) throw e;
    return call();
  }
}

async function refused(call) {
  try {
    await call;
  } catch (e) {
    if (e instanceof oauth.ResponseBodyError) return { status: e.status, error: e.error };
    throw e;
  }
  return assert.fail('the request was granted');
}

const listTunnels = (world, authorization) => fetch(`${world.url}/v1/tunnels?limit=1`, { headers: { authorization } });

const decode = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
