// An MCP server that keeps account: the id of every call is in a file before the call is answered, so that the account
// survives a kill. A call says itself how it wants to be treated, by the first word of its message.
// usage: node upstream.mjs PORT FILE   (port 0 = the kernel picks one; it is printed as "ready: URL")
//   ID             answered after 100 ms
//   never:ID       accepted and never answered
//   stream:ID      an event a second, for ever
//   quick:ID       answered at once and not written down
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';

const [port, account] = [Number(process.argv[2]), process.argv[3]];

const results = {
  initialize: () => ({
    protocolVersion: '2025-06-18',
    capabilities: { tools: {} },
    serverInfo: { name: 'accountant', version: '1.0.0' },
  }),
  'tools/list': () => ({ tools: [{ name: 'echo', inputSchema: { type: 'object' } }] }),
};

function answer(response, id, result) {
  const body = JSON.stringify({ jsonrpc: '2.0', id, result });
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}

function stream(response, id) {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
  let sent = 0;
  const tell = () => {
    sent += 1;
    const params = { progressToken: id, progress: sent };
    response.write(`data: ${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/progress', params })}\n\n`);
  };
  tell();
  const beat = setInterval(tell, 1000);
  response.on('close', () => clearInterval(beat));
}

const server = createServer(async (request, response) => {
  try {
    const parts = [];
    for await (const part of request) parts.push(part);
    const message = parts.length > 0 ? JSON.parse(Buffer.concat(parts)) : {};
    if (message.method !== 'tools/call') {
      const result = results[message.method]?.();
      if (result) answer(response, message.id, result);
      else response.writeHead(message.id === undefined ? 202 : 400).end();
      return;
    }

    const said = message.params.arguments.message;
    const [manner, id] = said.includes(':') ? said.split(':') : ['', said];
    if (manner !== 'quick') appendFileSync(account, `${id}\n`);
    const echo = { content: [{ type: 'text', text: `Echo: ${said}` }] };
    if (manner === 'stream') stream(response, message.id);
    else if (manner === 'quick') answer(response, message.id, echo);
    else if (manner === '') setTimeout(() => answer(response, message.id, echo), 100);
  } catch (error) {
    // The caller left in the middle of its request.
    if (error.code !== 'ECONNRESET') console.error(error);
  }
});
server.keepAliveTimeout = 0; // an idle connection ends only by a fault
server.requestTimeout = 0;
server.listen(port, '127.0.0.1', () => console.log(`ready: http://127.0.0.1:${server.address().port}/mcp`));
