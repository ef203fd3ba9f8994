// Prints a fresh token of the identity provider: the client-credentials grant with a resource indicator (RFC 8707).
// usage: node idp-token.mjs ISSUER CA_FILE CLIENT_ID CLIENT_SECRET_FILE RESOURCE
// Nothing but the token goes to standard output; on failure the reason goes to standard error and the exit code is 1.
import { readFileSync } from 'node:fs';
import { request } from 'node:https';

const [issuer, caFile, clientId, secretFile, resource] = process.argv.slice(2);
if (!resource) {
  console.error('usage: idp-token.mjs ISSUER CA_FILE CLIENT_ID CLIENT_SECRET_FILE RESOURCE');
  process.exit(64);
}

const ca = readFileSync(caFile);
const secret = readFileSync(secretFile, 'utf8').trim();

try {
  const { token_endpoint: endpoint } = await exchange(`${issuer}/.well-known/openid-configuration`);
  const answer = await exchange(endpoint, {
    // RFC 6749 §2.3.1: both halves are form-encoded before they are joined.
    authorization: `Basic ${btoa(`${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`)}`,
    body: new URLSearchParams({ grant_type: 'client_credentials', resource }).toString(),
  });
  process.stdout.write(answer.access_token);
} catch (error) {
  console.error(`no token from ${issuer}: ${error.message}`);
  process.exitCode = 1;
}

function exchange(url, { authorization, body } = {}) {
  return new Promise((resolve, reject) => {
    const headers = body ? { authorization, 'content-type': 'application/x-www-form-urlencoded' } : {};
    const call = request(url, { ca, method: body ? 'POST' : 'GET', headers, timeout: 5000 }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => (text += part)).on('end', () => {
        if (response.statusCode !== 200) reject(new Error(`${response.statusCode} ${text}`));
        else resolve(JSON.parse(text));
      });
    });
    call.on('timeout', () => call.destroy(new Error('timed out')));
    call.on('error', reject);
    call.end(body);
  });
}
