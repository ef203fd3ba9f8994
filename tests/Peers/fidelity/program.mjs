// The fixture server as a program: the same catalogue in both eras, over stdin and stdout.
// usage: node program.mjs
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { build } from './catalogue.mjs';

const world = {
  toolsChanged: () => {},
  promptsChanged: () => {},
  nextStep: (signal) => new Promise((resolve) => signal.addEventListener('abort', resolve)),
};

serveStdio(({ era }) => build(era, world), { onerror: console.error });
