// The same through openid-client, configured by nothing but our URL and the rule's id.
import assert from 'node:assert/strict';
import * as client from 'openid-client';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

export async function OpenidClientGrants(world) {
  const setup = await world.federation();
  const config = await configure(world, setup);

  const bearer = await client.genericGrantRequest(config, JWT_BEARER, { assertion: await setup.mint() });
  assert.equal(bearer.token_type, 'bearer');
  assert.ok(bearer.expiresIn() > 0);

  const exchanged = await client.genericGrantRequest(config, TOKEN_EXCHANGE, {
    subject_token: await setup.mint(),
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
  });
  assert.equal(exchanged.issued_token_type, 'urn:ietf:params:oauth:token-type:access_token');

  await assert.rejects(
    client.genericGrantRequest(config, JWT_BEARER, { assertion: 'a.b.c' }),
    (e) => e.error === 'invalid_grant' && e.status === 400,
  );
}

export async function OpenidClientDpop(world) {
  const setup = await world.federation();
  const config = await configure(world, setup);
  const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));

  const token = await client.genericGrantRequest(config, JWT_BEARER, { assertion: await setup.mint() }, { DPoP });
  assert.equal(token.token_type, 'dpop');

  const url = new URL(`${world.url}/v1/tunnels?limit=1`);
  const answer = await client.fetchProtectedResource(config, token.access_token, url, 'GET', undefined, undefined, { DPoP });
  assert.equal(answer.status, 200);

  await client.tokenRevocation(config, token.access_token);
  await assert.rejects(
    client.fetchProtectedResource(config, token.access_token, url, 'GET', undefined, undefined, { DPoP }),
    (e) => e.status === 401 || e.cause?.status === 401,
  );
}

async function configure(world, setup) {
  const { discovery, None, Configuration } = client;
  try {
    return await discovery(new URL(world.url), setup.rule.id, undefined, None(), { algorithm: 'oauth2' });
  } catch (e) {
    // As above: href ends in a slash, our issuer does not.
    const metadata = await (await fetch(`${world.url}/.well-known/oauth-authorization-server`)).json();
    assert.equal(metadata.issuer, world.url, e.message);
    return new Configuration(metadata, setup.rule.id, undefined, None());
  }
}
