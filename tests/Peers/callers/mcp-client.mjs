// The unmodified MCP SDK, told nothing but the server's URL and its own client credentials: it must find out by itself
// where to sign in and for what. Prints one JSON object: what it asked, in order, and the tools it found.
// usage: node mcp-client.mjs URL ISSUER CLIENT_ID CLIENT_SECRET_FILE
// (The SDK comes with the Inspector.)
import { readFileSync } from 'node:fs';
import { ClientCredentialsProvider } from '@modelcontextprotocol/sdk/client/auth-extensions.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

const [url, issuer, clientId, secretFile] = process.argv.slice(2);
const requests = [];
const transport = new StreamableHTTPClientTransport(new URL(url), {
  authProvider: new ClientCredentialsProvider({
    clientId,
    // RFC 6749 §2.3.1 wants it form-encoded in the header; the SDK leaves that to its caller.
    clientSecret: encodeURIComponent(readFileSync(secretFile, 'utf8').trim()),
    expectedIssuer: issuer,
  }),
  // Watches only.
  fetch: async (target, init) => {
    const answer = await fetch(target, init);
    requests.push({
      method: init?.method ?? 'GET',
      url: String(target),
      status: answer.status,
      resource: init?.body instanceof URLSearchParams ? init.body.get('resource') : undefined,
    });
    return answer;
  },
});
const client = new Client({ name: 'culvert-tests', version: '1' });
await client.connect(transport);
const { tools } = await client.listTools();
const echo = await client.callTool({ name: 'echo', arguments: { message: 'found my way' } });
console.log(JSON.stringify({ requests, tools: tools.map((tool) => tool.name), echo: echo.content[0].text }));
await client.close();
process.exit(0);
