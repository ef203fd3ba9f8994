// An MCP server on standard input and output for tests: both eras, and every way to misbehave that a test asks for.
// Arguments: `stubborn` ignores SIGTERM and the end of its input; `crash` ends at once; `silent` never answers; `legacy`
// does not know the current era.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const mode = process.argv[2] ?? '';
if (mode === 'crash') {
  process.stderr.write('cannot go on\n');
  process.exit(7);
}

if (mode === 'stubborn') {
  process.on('SIGTERM', () => process.stderr.write('not yet\n'));
  setInterval(() => {}, 1000);
}

const cancelled = [];
const held = new Map();
let listening = null;
let asking = null;
let paced = null;

const send = (message) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\n');
const answer = (id, result) => send({ id, result });
const text = (id, value) =>
  answer(id, { content: [{ type: 'text', text: typeof value === 'string' ? value : JSON.stringify(value) }] });

const tools = {
  echo: (id, a) => text(id, a.text ?? ''),
  pid: (id) => text(id, String(process.pid)),
  env: (id) => text(id, process.env),
  where: (id) => text(id, { folder: process.cwd(), argv: process.argv.slice(2) }),
  cancelled: (id) => text(id, cancelled),
  die: () => process.exit(3),
  half: () => process.stdout.write('{"jsonrpc":"2.0","id":', () => process.exit(0)),
  garbage: (id) => {
    process.stdout.write('Listening on nothing\n{"jsonrpc":\n[]\n\n\u0000\n');
    text(id, 'after the garbage');
  },
  huge: (id) => text(id, 'x'.repeat(3 << 20)),
  noise: () => {
    for (let i = 0; i < 3000; i++) process.stdout.write('noise\n');
  },
  flood: (id, a, token) => {
    for (let i = 0; i < 2000; i++)
      send({ method: 'notifications/progress', params: { progressToken: token, progress: i, message: 'x'.repeat(200) } });
    text(id, 'dry');
  },
  progress: (id, a, token) => {
    for (const progress of [1, 2, 3]) send({ method: 'notifications/progress', params: { progressToken: token, progress } });
    text(id, 'done');
  },
  pace: (id, a, token) => {
    paced = { id, token };
    send({ method: 'notifications/progress', params: { progressToken: token, progress: 1 } });
  },
  finish: (id) => {
    send({ method: 'notifications/progress', params: { progressToken: paced.token, progress: 2 } });
    text(paced.id, 'late');
    text(id, 'finished');
  },
  hold: (id, a) => held.set(a.key ?? '', id),
  release: (id, a) => {
    text(held.get(a.key ?? ''), 'late');
    text(id, 'released');
  },
  held: (id) => text(id, [...held.keys()]),
  ask: (id) => {
    asking = id;
    send({ id: 'question-1', method: 'sampling/createMessage', params: { messages: [] } });
  },
  log: (id) => {
    send({ method: 'notifications/message', params: { level: 'info', data: 'a line' } });
    send({ method: 'notifications/tools/list_changed' });
    text(id, 'logged');
  },
  leak: (id) => {
    process.stderr.write(`the key is ${process.env.API_KEY}\n`);
    text(id, 'said');
  },
  deaf: (id) => {
    text(id, 'what?');
    lines.pause();
    process.stdin.pause();
    setInterval(() => {}, 1000);
  },
  family: (id) => {
    const child = spawn('/bin/sleep', ['600'], { stdio: 'ignore' });
    text(id, String(child.pid));
  },
  hush: (id) => {
    send({ method: 'notifications/cancelled', params: { requestId: listening } });
    text(id, 'hushed');
  },
};

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  if (mode === 'silent') return;
  const { id, method, params, result, error } = JSON.parse(line);
  switch (method) {
    case 'initialize':
      if (params._meta?.['io.modelcontextprotocol/protocolVersion']) return send({ id, error: { code: -32601, message: 'Method not found' } });
      return answer(id, {
        protocolVersion: params.protocolVersion,
        capabilities: { tools: {} },
        serverInfo: { name: `scripted-${process.pid}`, version: '1' },
      });
    case 'server/discover':
      if (mode === 'legacy') return send({ id, error: { code: -32601, message: 'Method not found' } });
      return answer(id, { supportedVersions: ['2026-07-28'], capabilities: { tools: {} }, serverInfo: { name: 'scripted' } });
    case 'subscriptions/listen':
      listening = id;
      return send({
        method: 'notifications/subscriptions/acknowledged',
        params: { _meta: { 'io.modelcontextprotocol/subscriptionId': id }, notifications: {} },
      });
    case 'notifications/cancelled':
      return cancelled.push(params.requestId);
    case 'tools/list':
      return answer(id, { tools: Object.keys(tools).map((name) => ({ name, inputSchema: { type: 'object' } })) });
    case 'tools/call':
      return tools[params.name](id, params.arguments ?? {}, params._meta?.progressToken);
    case undefined:
      if (id === 'question-1') text(asking, error ? String(error.code) : result.answer);
      return;
    default:
      if (id !== undefined) send({ id, error: { code: -32601, message: 'Method not found' } });
  }
});

if (mode !== 'stubborn') lines.on('close', () => process.exit(0));
