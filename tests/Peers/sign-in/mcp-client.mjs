// The unmodified MCP SDK with a route's URL and a client: it must find the authorization server, let a person sign in, call a
// tool, and refresh its tokens when the route refuses the access token.
// usage: node mcp-client.mjs URL CLIENT [dpop | v1]
//
// CLIENT is the id of a registered client, the URL of a client metadata document, or `none`: the SDK registers itself. With `v1` it is the SDK's first version,
// which many programs still contain (it comes with the Inspector of tests/Peers), else the second. Prints one JSON object: what it asked, in
// order, the page that the browser opened, the types of the tokens, and what echo answered before and after the refresh.
import { listen } from './callback.mjs';

const [url, clientId, variant] = process.argv.slice(2);
const isFirst = variant === 'v1';
const { Client, DpopSession, StreamableHTTPClientTransport, UnauthorizedError } = await (isFirst ? first() : import('@modelcontextprotocol/client'));
const isDocument = clientId.startsWith('https://');
const browser = await listen();
const requests = [];
const kept = { client: isDocument || clientId === 'none' ? undefined : { client_id: clientId }, types: [] };
const session = variant === 'dpop' ? await DpopSession.create() : undefined;
let page, answer;

const authProvider = {
  redirectUrl: browser.redirectUri,
  clientMetadataUrl: isDocument ? clientId : undefined,
  clientMetadata: {
    client_name: 'culvert-tests',
    redirect_uris: [browser.redirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  },
  state: () => 'state-of-the-test',
  clientInformation: () => kept.client,
  saveClientInformation: (client) => (kept.client = client),
  tokens: () => kept.tokens,
  saveTokens(tokens) {
    kept.tokens = tokens;
    kept.types.push(tokens.token_type);
  },
  saveCodeVerifier: (verifier) => (kept.verifier = verifier),
  codeVerifier: () => kept.verifier,
  saveDiscoveryState: (state) => (kept.discovery = state),
  discoveryState: () => kept.discovery,
  redirectToAuthorization(address) {
    page = address.href;
    answer = browser.open(page);
  },
  dpop: () => session,
};

let { client, transport } = create();
try {
  await client.connect(transport);
  throw new Error('The route requires no sign-in.');
} catch (error) {
  if (!(error instanceof UnauthorizedError)) throw error;
  const { searchParams } = await answer;
  await transport.finishAuth(isFirst ? searchParams.get('code') : searchParams);
  ({ client, transport } = create());
  await client.connect(transport);
}
const before = await echo('signed in');
const refreshToken = kept.tokens.refresh_token;
const asked = requests.length;
kept.tokens = { ...kept.tokens, access_token: `${kept.tokens.access_token.slice(0, -8)}AAAAAAAA` };
const after = await echo('refreshed');
console.log(JSON.stringify({
  requests,
  page,
  types: kept.types,
  scope: kept.tokens.scope,
  echo: [before, after],
  isRotated: kept.tokens.refresh_token !== refreshToken,
  afterwards: requests.slice(asked).map((request) => request.status),
}));
await client.close();
browser.close();

async function first() {
  const parts = ['index', 'streamableHttp', 'auth'].map((name) => import(`@modelcontextprotocol/sdk/client/${name}.js`));
  return Object.assign({}, ...(await Promise.all(parts)));
}

async function echo(message) {
  const { content } = await client.callTool({ name: 'echo', arguments: { message } });
  return content[0].text;
}

function create() {
  const transport = new StreamableHTTPClientTransport(new URL(url), { authProvider, fetch: watch });
  return { transport, client: new Client({ name: 'culvert-tests', version: '1' }) };
}

// Watches only.
async function watch(target, init) {
  const answer = await fetch(target, init);
  requests.push({ method: init?.method ?? 'GET', url: String(target), status: answer.status });
  return answer;
}
