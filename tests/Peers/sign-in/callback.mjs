// Where a person's browser comes back to: a port of this process. The page that the browser has to open is printed as
// `open URL` on standard error.
import { once } from 'node:events';
import { createServer } from 'node:http';

export async function listen() {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const redirectUri = `http://127.0.0.1:${server.address().port}/callback`;
  return {
    redirectUri,
    /** Opens the page, and returns the address to which the browser comes back. */
    async open(page) {
      console.error(`open ${page}`);
      const [request, answer] = await once(server, 'request');
      answer.end('This browser is done.');
      return new URL(request.url, redirectUri);
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
