// One client that behaves as badly as it can, from one address, until it is killed.
// usage: node flood.mjs KIND HOST PORT NAME CA TOKEN SOURCE   (SOURCE = the address that it comes from)
//   connect    opens connections and sends bytes that are not TLS, as fast as it can
//   handshake  opens connections, sends half a ClientHello and waits
//   headers    calls with 48 KiB of headers over connections that it keeps
//   calls      calls without a pause over connections that it keeps
//   never      300 calls that the server never answers
// A line "count: N" a second says how much it did.
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';

const [kind, host, port, name, caFile, token, source] = process.argv.slice(2);
const PARALLEL = 64;
let count = 0;
setInterval(() => console.log(`count: ${count}`), 1000);

const open = () => connect({ host, port: Number(port), localAddress: source });

function whenOver(socket, next) {
  socket.on('error', () => {});
  socket.on('close', () => setImmediate(next));
}

const garbage = Buffer.alloc(512, 'x');
function connectLoop() {
  const socket = open();
  socket.on('connect', () => { count += 1; socket.end(garbage); });
  socket.resume();
  whenOver(socket, connectLoop);
}

// A handshake record that announces 512 bytes, and the first 64 of them.
const half = Buffer.concat([Buffer.from([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]), Buffer.alloc(53)]);
function handshakeLoop() {
  const socket = open();
  socket.on('connect', () => { count += 1; socket.write(half); });
  socket.resume();
  whenOver(socket, handshakeLoop);
}

const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'echo', arguments: { message: 'quick:flood' } } };
const body = JSON.stringify(message);
const much = kind === 'headers' ? Array.from({ length: 6 }, (_, i) => `X-Much-${i}: ${'y'.repeat(8000)}\r\n`).join('') : '';
const requestOf = (text) => `POST /mcp HTTP/1.1\r\nHost: ${name}:${port}\r\nAuthorization: Bearer ${token}\r\n`
  + `Accept: application/json, text/event-stream\r\nContent-Type: application/json\r\n${much}`
  + `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
const request = requestOf(body);
const ca = readFileSync(caFile);
function callLoop() {
  const socket = connectTls({ socket: open(), servername: name, ca });
  socket.on('secureConnect', () => socket.write(request));
  socket.on('data', () => { count += 1; socket.write(request); }); // each answer comes in one piece
  whenOver(socket, () => setTimeout(callLoop, 50));
}

let hogs = 0;
function neverLoop() {
  const text = body.replace('quick:flood', `never:flood-${process.pid}-${hogs += 1}`);
  const socket = connectTls({ socket: open(), servername: name, ca });
  socket.on('secureConnect', () => { count += 1; socket.write(requestOf(text)); });
  socket.resume();
  whenOver(socket, () => setTimeout(neverLoop, 50));
}

const [loop, parallel] = { connect: [connectLoop, PARALLEL], handshake: [handshakeLoop, 2000], headers: [callLoop, 16], calls: [callLoop, PARALLEL], never: [neverLoop, 300] }[kind];
for (let i = 0; i < parallel; i += 1) loop();
