// openid-client with a route's URL and a registered client, configured by discovery alone.
// usage: node openid-client.mjs URL CLIENT_ID [dpop]
// Prints one JSON object; a check that fails is an exception.
import assert from 'node:assert/strict';
import * as openid from 'openid-client';
import { listen } from './callback.mjs';
import { echo } from './echo.mjs';

const [url, clientId, binding] = process.argv.slice(2);
const browser = await listen();
const challenge = (await fetch(url)).headers.get('www-authenticate');
const resource = await (await fetch(/resource_metadata="([^"]+)"/.exec(challenge)[1])).json();
const config = await openid.discovery(new URL(resource.authorization_servers[0]), clientId, undefined, openid.None());
const DPoP = binding === 'dpop' ? openid.getDPoPHandle(config, await openid.randomDPoPKeyPair('ES256')) : undefined;

const [pkceCodeVerifier, expectedState] = [openid.randomPKCECodeVerifier(), openid.randomState()];
const page = openid.buildAuthorizationUrl(config, {
  redirect_uri: browser.redirectUri,
  scope: resource.scopes_supported.join(' '),
  resource: resource.resource,
  state: expectedState,
  code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
  code_challenge_method: 'S256',
});
const answer = await browser.open(page);
const parameters = { resource: resource.resource };
const token = await openid.authorizationCodeGrant(config, answer, { pkceCodeVerifier, expectedState }, parameters, { DPoP });
assert.equal(token.token_type, DPoP ? 'dpop' : 'bearer');
const first = await echo(call(token), 'signed in');

const refreshed = await openid.refreshTokenGrant(config, token.refresh_token, parameters, { DPoP });
const second = await echo(call(refreshed), 'refreshed');
await openid.tokenRevocation(config, refreshed.refresh_token);
await assert.rejects(
  openid.refreshTokenGrant(config, refreshed.refresh_token, parameters, { DPoP }),
  (e) => e.error === 'invalid_grant' && e.status === 400,
);
console.log(JSON.stringify({ echo: [first, second] }));
browser.close();

function call({ access_token: text }) {
  return (headers, body) =>
    openid.fetchProtectedResource(config, text, new URL(url), 'POST', body, new Headers(headers), { DPoP });
}
