// The unmodified MCP SDK with nothing but the server's URL: it must discover where to sign in and for what.
// usage: node mcp-client.mjs URL [ISSUER CLIENT_ID CLIENT_SECRET_FILE]
//
// With client credentials it signs in as that client. Without, it registers itself and lets a person sign in: the address
// that a browser has to open is printed as `open URL` on standard error, and the browser comes back to a port of this process.
// Prints one JSON object: what it asked, in order, the address for the browser, the tools it found and what echo answered.
// (The SDK comes with the Inspector.)
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { ClientCredentialsProvider } from '@modelcontextprotocol/sdk/client/auth-extensions.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { InMemoryOAuthClientProvider } from '@modelcontextprotocol/sdk/examples/client/simpleOAuthClientProvider.js';

const [url, issuer, clientId, secretFile] = process.argv.slice(2);
const requests = [];
let opened;
const browser = createServer();
const code = new Promise((resolve) => {
  browser.on('request', (request, answer) => {
    const seen = new URL(request.url, 'http://127.0.0.1').searchParams.get('code');
    answer.end('This browser is done.');
    if (seen) resolve(seen);
  });
});
await once(browser.listen(0, '127.0.0.1'), 'listening');
const authProvider = issuer ? machine() : person(`http://127.0.0.1:${browser.address().port}/callback`);

let { client, transport } = create();
try {
  await client.connect(transport);
} catch (error) {
  if (!(error instanceof UnauthorizedError)) throw error;
  await transport.finishAuth(await code);
  ({ client, transport } = create());
  await client.connect(transport);
}
const { tools } = await client.listTools();
const echo = await client.callTool({ name: 'echo', arguments: { message: 'found my way' } });
console.log(JSON.stringify({ requests, opened, tools: tools.map((tool) => tool.name), echo: echo.content[0].text }));
await client.close();
process.exit(0);

function machine() {
  return new ClientCredentialsProvider({
    clientId,
    // RFC 6749 §2.3.1 wants it form-encoded in the header; the SDK leaves that to its caller.
    clientSecret: encodeURIComponent(readFileSync(secretFile, 'utf8').trim()),
    expectedIssuer: issuer,
  });
}

function person(redirectUrl) {
  const metadata = {
    client_name: 'culvert-tests',
    redirect_uris: [redirectUrl],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  };
  return new InMemoryOAuthClientProvider(redirectUrl, metadata, (address) => {
    opened = address.href;
    console.error(`open ${opened}`);
  });
}

function create() {
  const transport = new StreamableHTTPClientTransport(new URL(url), { authProvider, fetch: watch });
  return { transport, client: new Client({ name: 'culvert-tests', version: '1' }) };
}

// Watches only.
async function watch(target, init) {
  const answer = await fetch(target, init);
  requests.push({
    method: init?.method ?? 'GET',
    url: String(target),
    status: answer.status,
    resource: init?.body instanceof URLSearchParams ? init.body.get('resource') : undefined,
  });
  return answer;
}
