// oauth4webapi with a route's URL and a registered client: discovery (RFC 9728, 8414), code with PKCE and `iss` (RFC 9207),
// its own validation of the access token (RFC 9068), a call, a refresh, and the revocation (RFC 7009).
// usage: node oauth4webapi.mjs URL CLIENT_ID [dpop]
// With `dpop` code and tokens are bound to a key (RFC 9449). Prints one JSON object; a check that fails is an exception.
import assert from 'node:assert/strict';
import * as oauth from 'oauth4webapi';
import { listen } from './callback.mjs';
import { echo } from './echo.mjs';

const [url, clientId, binding] = process.argv.slice(2);
const route = new URL(url);
const client = { client_id: clientId };
const browser = await listen();
const DPoP = binding === 'dpop' ? oauth.DPoP(client, await oauth.generateKeyPair('ES256')) : undefined;
const type = DPoP ? 'dpop' : 'bearer';

const rs = await oauth.processResourceDiscoveryResponse(route, await oauth.resourceDiscoveryRequest(route));
const issuer = new URL(rs.authorization_servers[0]);
const as = await discover('oauth2');
assert.deepEqual(await discover('oidc'), as);

const [verifier, state] = [oauth.generateRandomCodeVerifier(), oauth.generateRandomState()];
const page = new URL(as.authorization_endpoint);
page.search = new URLSearchParams({
  client_id: clientId,
  redirect_uri: browser.redirectUri,
  response_type: 'code',
  scope: rs.scopes_supported.join(' '),
  resource: rs.resource,
  state,
  code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
  code_challenge_method: 'S256',
  ...(DPoP && { dpop_jkt: await DPoP.calculateThumbprint() }),
});
const answer = oauth.validateAuthResponse(as, client, await browser.open(page), state);
const redeem = (options) => oauth.authorizationCodeGrantRequest(as, client, oauth.None(), answer, browser.redirectUri, verifier, {
  additionalParameters: { resource: rs.resource },
  ...options,
});
if (DPoP) {
  // What a thief has is the code, and even the verifier.
  const thief = oauth.DPoP(client, await oauth.generateKeyPair('ES256'));
  assert.equal(await refusal(withNonce(() => redeemed(redeem({ DPoP: thief })))), 'invalid_grant');
}
const token = await withNonce(() => redeemed(redeem({ DPoP })));
assert.equal(token.token_type, type);
assert.equal(token.scope, rs.scopes_supported.join(' '));
if (!DPoP) {
  const request = new Request(url, { headers: { authorization: `Bearer ${token.access_token}` } });
  const claims = await oauth.validateJwtAccessToken(as, request, rs.resource);
  assert.equal(claims.client_id, clientId);
}
const first = await echo(call(token), 'signed in');
if (DPoP) {
  const plain = await fetch(url, { method: 'POST', headers: { authorization: `Bearer ${token.access_token}` } });
  assert.equal(plain.status, 401, 'a bound token without its key');
}

const refreshed = await withNonce(() => refresh(token));
assert.equal(refreshed.token_type, type);
assert.notEqual(refreshed.refresh_token, token.refresh_token);
const second = await echo(call(refreshed), 'refreshed');

await oauth.processRevocationResponse(await oauth.revocationRequest(as, client, oauth.None(), refreshed.refresh_token));
assert.equal(await refusal(withNonce(() => refresh(refreshed))), 'invalid_grant');
console.log(JSON.stringify({ echo: [first, second] }));
browser.close();

async function discover(algorithm) {
  return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm }));
}

async function redeemed(response) {
  return oauth.processAuthorizationCodeResponse(as, client, await response);
}

async function refresh({ refresh_token: text }) {
  const response = await oauth.refreshTokenGrantRequest(as, client, oauth.None(), text, { DPoP });
  return oauth.processRefreshTokenResponse(as, client, response);
}

function call({ access_token: text }) {
  return (headers, body) => withNonce(() =>
    oauth.protectedResourceRequest(text, 'POST', route, new Headers(headers), body, { DPoP }));
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

async function refusal(call) {
  try {
    await call;
  } catch (e) {
    if (e instanceof oauth.ResponseBodyError) return e.error;
    throw e;
  }
  return assert.fail('the request was granted');
}
