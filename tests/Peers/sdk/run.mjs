// Proves one thing about the service with an unmodified client: @anthropic-ai/sdk, or one of ../callers.
// usage: node run.mjs CHECK        (without CHECK: lists them)
// Prints one JSON line {"check","ok","ms","error"?} and exits 0 or 1. The environment says where the service is:
// CULVERT_IDENTITY_URL, CULVERT_MACHINE_URL, CULVERT_ADMIN_KEY_FILE, CULVERT_ORGANIZATION_ID, CULVERT_WORKSPACE_ID,
// and NODE_EXTRA_CA_CERTS its root: exactly what any user of the SDK would set.
import * as oauth4webapi from '../callers/oauth4webapi.mjs';
import * as openidClient from '../callers/openid-client.mjs';
import * as platforms from '../issuers/platforms.mjs';
import * as administration from './administration.mjs';
import * as certificates from './certificates.mjs';
import * as federation from './federation.mjs';
import * as retries from './retries.mjs';
import * as tunnels from './tunnels.mjs';
import { World } from './world.mjs';

const checks = { ...federation, ...tunnels, ...certificates, ...administration, ...oauth4webapi, ...openidClient, ...platforms, ...retries };
const name = process.argv[2];
if (!name) {
  console.log(Object.keys(checks).sort().join('\n'));
  process.exit(0);
}
if (!checks[name]) {
  console.error(`no check named ${name}`);
  process.exit(64);
}

const started = performance.now();
let world;
let error;
try {
  world = new World();
  await checks[name](world);
} catch (e) {
  error = e;
}
try {
  await world?.close();
} catch (e) {
  error ??= new Error(`cleaning up: ${e.message}`, { cause: e });
}

const ms = Math.round(performance.now() - started);
console.log(JSON.stringify({ check: name, ok: !error, ms, ...(error && { error: error.stack ?? String(error) }) }));
process.exitCode = error ? 1 : 0;
