// Plain HTTP on loopback → the tunnel over TLS, with a bearer token: for the conformance suite, which knows neither TLS
// nor tokens. Everything else passes as it is, but for its own address where the other side's is meant: `Host` becomes
// the tunnel's, and an `Origin` on this shim the one that the route allows. A foreign Host or Origin stays foreign.
// usage: node shim.mjs URL CA_FILE TOKEN_FILE ALLOWED_ORIGIN
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { Agent, request } from 'node:https';

const [url, caFile, tokenFile, allowedOrigin] = process.argv.slice(2);
const target = new URL(url);
const agent = new Agent({ keepAlive: true, ca: readFileSync(caFile), servername: target.hostname });
const token = readFileSync(tokenFile, 'utf8').trim();

const server = createServer((incoming, outgoing) => {
  const own = `127.0.0.1:${server.address().port}`;
  const headers = { ...incoming.headers, authorization: `Bearer ${token}` };
  if (headers.host === own) headers.host = target.host;
  if (headers.origin === `http://${own}`) headers.origin = allowedOrigin;
  const options = { agent, host: '127.0.0.1', port: target.port, method: incoming.method, path: incoming.url, headers };
  const onward = request(options, (answer) => {
    outgoing.writeHead(answer.statusCode, answer.statusMessage, answer.rawHeaders);
    outgoing.flushHeaders();
    answer.pipe(outgoing);
    answer.on('error', () => outgoing.destroy());
  });
  onward.on('error', () => outgoing.destroy());
  outgoing.on('close', () => onward.destroy());
  incoming.pipe(onward);
});
server.listen(0, '127.0.0.1', () => console.log(`ready: http://127.0.0.1:${server.address().port}${target.pathname}`));
