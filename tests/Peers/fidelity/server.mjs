// An MCP server of both eras with the fixtures of the conformance suite, on loopback, built on the unmodified SDK:
// legacy requests get sessions with an event store (GET streams, Last-Event-ID, DELETE), modern ones the stateless
// handler. In addition to `/mcp` it has `/control` for tests: the result of each exchange, and the signal for a waiting
// tool to continue.
// usage: node server.mjs PORT   (0 = the kernel picks one)
import {
  NodeStreamableHTTPServerTransport,
  localhostHostValidation,
  localhostOriginValidation,
  toNodeHandler,
  toWebRequest,
} from '@modelcontextprotocol/node';
import { createMcpHandler, isLegacyRequest } from '@modelcontextprotocol/server';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { build } from './catalogue.mjs';

const port = Number(process.argv[2]);

const counts = { completed: 0, aborted: 0, open: 0 };
const waiting = [];
const sessions = new Map();

const world = {
  toolsChanged: () => {
    modern.notify.toolsChanged();
    for (const { server } of sessions.values()) server.sendToolListChanged().catch(console.error);
  },
  promptsChanged: () => modern.notify.promptsChanged(),
  nextStep: (signal) => new Promise((resolve) => {
    waiting.push(resolve);
    signal.addEventListener('abort', () => {
      if (waiting.includes(resolve)) waiting.splice(waiting.indexOf(resolve), 1);
      resolve();
    });
  }),
};

const modern = createMcpHandler(() => build('modern', world), { legacy: 'reject' });
const serveModern = toNodeHandler(modern);

/** Keeps what was sent, so that a client that lost its stream gets the rest: ids name the stream and the position. */
class EventLog {
  events = [];

  async storeEvent(stream, message) {
    this.events.push({ stream, message });
    return `${stream}_${this.events.length}`;
  }

  async getStreamIdForEventId(id) {
    return id.slice(0, id.lastIndexOf('_'));
  }

  async replayEventsAfter(id, { send }) {
    const stream = id.slice(0, id.lastIndexOf('_'));
    for (let i = Number(id.slice(id.lastIndexOf('_') + 1)); i < this.events.length; i++) {
      const event = this.events[i];
      if (event.stream === stream && Object.keys(event.message).length > 0) await send(`${stream}_${i + 1}`, event.message);
    }
    return stream;
  }
}

async function serveLegacy(request, response, body) {
  const id = request.headers['mcp-session-id'];
  let transport = sessions.get(id)?.transport;
  if (id && !transport) {
    response.writeHead(404).end();
    return;
  }
  if (!transport) {
    // Without a session only `initialize` starts one; the transport itself refuses everything else.
    const server = build('legacy', world);
    transport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      eventStore: new EventLog(),
      retryInterval: 500,
      onsessioninitialized: (started) => void sessions.set(started, { transport, server }),
      onsessionclosed: (ended) => void sessions.delete(ended),
    });
    await server.connect(transport);
  }
  await transport.handleRequest(request, response, body);
}

async function serve(request, response) {
  if (!localhostHostValidation()(request, response) || !localhostOriginValidation()(request, response)) return;
  counts.open++;
  response.on('close', () => {
    counts.open--;
    counts[response.writableFinished ? 'completed' : 'aborted']++;
  });
  const isPost = request.method === 'POST';
  const copy = await toWebRequest(request);
  const body = isPost ? parse(await copy.clone().text()) : undefined;
  await ((await isLegacyRequest(copy)) ? serveLegacy(request, response, body) : serveModern(request, response, body));
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function control(request, response) {
  switch (`${request.method} ${request.url}`) {
    case 'GET /control/counts':
      break;
    case 'POST /control/step':
      waiting.shift()?.();
      break;
    case 'POST /control/tools-changed':
      world.toolsChanged();
      break;
    default:
      response.writeHead(404).end();
      return;
  }
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ ...counts, waiting: waiting.length, sessions: sessions.size }));
}

const server = createServer((request, response) => {
  if (request.url.startsWith('/control/')) {
    control(request, response);
    return;
  }
  if (request.url !== '/mcp') {
    response.writeHead(404).end();
    return;
  }
  serve(request, response).catch((error) => {
    console.error(error);
    response.destroy();
  });
});
server.listen(port, '127.0.0.1', () => console.log(`ready: http://127.0.0.1:${server.address().port}/mcp`));
