// The unmodified MCP SDK with an assertion of the company's identity provider (ID-JAG): no browser at the route's authorization server.
// usage: node cross-app.mjs URL CLIENT_ID IDP IDP_CLIENT_ID
//
// The person signs in at the identity provider alone, which prints as `open URL`. CrossAppAccessProvider then exchanges the id_token
// there, and the assertion at the server that the route's metadata name. Prints what it asked and what echo answered.
import { randomBytes, createHash } from 'node:crypto';
import { Client, CrossAppAccessProvider, StreamableHTTPClientTransport, discoverAndRequestJwtAuthGrant } from '@modelcontextprotocol/client';
import { listen } from './callback.mjs';

const [url, clientId, idpUrl, idpClientId] = process.argv.slice(2);
const requests = [];
const idToken = await signIn();

const authProvider = new CrossAppAccessProvider({
  clientId,
  clientSecret: '',
  fetchFn: watch,
  assertion: async ({ authorizationServerUrl, resourceUrl, scope, fetchFn }) => {
    const { jwtAuthGrant } = await discoverAndRequestJwtAuthGrant({
      idpUrl,
      audience: authorizationServerUrl,
      resource: resourceUrl,
      idToken,
      clientId: idpClientId,
      scope,
      fetchFn,
    });
    return jwtAuthGrant;
  },
});
const transport = new StreamableHTTPClientTransport(new URL(url), { authProvider, fetch: watch });
const client = new Client({ name: 'culvert-tests', version: '1' });
await client.connect(transport);
const { content } = await client.callTool({ name: 'echo', arguments: { message: 'without a browser' } });
console.log(JSON.stringify({ requests, scope: authProvider.tokens()?.scope, echo: [content[0].text] }));
await client.close();

async function signIn() {
  const browser = await listen();
  const verifier = randomBytes(32).toString('base64url');
  const metadata = await (await fetch(`${idpUrl}/.well-known/openid-configuration`)).json();
  const page = new URL(metadata.authorization_endpoint);
  page.search = new URLSearchParams({
    response_type: 'code',
    client_id: idpClientId,
    scope: 'openid',
    redirect_uri: browser.redirectUri,
    code_challenge_method: 'S256',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
  });
  const back = await browser.open(page.href);
  browser.close();
  const answer = await fetch(metadata.token_endpoint, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: idpClientId,
      code: back.searchParams.get('code'),
      redirect_uri: browser.redirectUri,
      code_verifier: verifier,
    }),
  });
  const body = await answer.json();
  if (!body.id_token) throw new Error(JSON.stringify(body));
  return body.id_token;
}

// Watches only.
async function watch(target, init) {
  const answer = await fetch(target, init);
  requests.push({ method: init?.method ?? 'GET', url: String(target), status: answer.status });
  return answer;
}
