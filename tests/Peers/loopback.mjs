// Loaded with `node --import` before a server that offers no choice of address: whatever it listens on without naming
// a host is bound to 127.0.0.1 alone, so that a test peer is never reachable from outside the machine.
import { Server } from 'node:net';

const listen = Server.prototype.listen;
Server.prototype.listen = function (...parameters) {
  const [first, second] = parameters;
  const isPort = typeof first === 'number' || (typeof first === 'string' && /^\d+$/.test(first));
  if (isPort && typeof second !== 'string') {
    parameters.splice(1, 0, '127.0.0.1');
  }
  return listen.apply(this, parameters);
};
