// The company's identity provider: oidc-provider behind TLS, client credentials for workloads, codes and redirects for people.
// usage: node idp.mjs CONFIG.json
//
// CONFIG: { issuer, port, addresses, certificate_file, key_file, keys_file,
//           clients: [{ client_id, client_secret_file, algorithm, claims, token_life }], person_client,
//           console: { client_id, redirect_uri }, groups: { person: [group] } }
// Every client may ask for a token for any resource; the answer is a JWT access token whose `aud` is that resource,
// whose `sub` is the client, signed by the client's algorithm (ES256 or RS256), with a `jti` of its own.
// The client of people and the console are public, the first with device codes and the loopback redirect on any port
// (RFC 8252 §7.3); whoever says a name on the sign-in page is that person (oidc-provider's own pages), and the id_token has
// the groups that the person is in.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import Provider from 'oidc-provider';

const config = JSON.parse(readFileSync(process.argv[2], 'utf8'));

const algorithms = new Map(config.clients.map((client) => [client.client_id, client.algorithm]));
const lives = new Map(config.clients.map((client) => [client.client_id, client.token_life ?? 300]));
const claims = new Map(config.clients.map((client) => [client.client_id, client.claims ?? {}]));

const provider = new Provider(config.issuer, {
  jwks: { keys: signingKeys(config.keys_file) },
  clients: [...config.clients.map((client) => ({
    client_id: client.client_id,
    client_secret: readFileSync(client.client_secret_file, 'utf8').trim(),
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    id_token_signed_response_alg: client.algorithm,
  })), {
    client_id: config.person_client,
    token_endpoint_auth_method: 'none',
    application_type: 'native',
    grant_types: ['authorization_code', 'urn:ietf:params:oauth:grant-type:device_code'],
    redirect_uris: ['http://127.0.0.1/callback'],
    response_types: ['code'],
    id_token_signed_response_alg: 'ES256',
  }, {
    client_id: config.console.client_id,
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code'],
    redirect_uris: [config.console.redirect_uri],
    response_types: ['code'],
    id_token_signed_response_alg: 'ES256',
  }],
  claims: { openid: ['sub'], profile: ['name', 'groups'] },
  conformIdTokenClaims: false,
  findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub, name: sub, groups: config.groups[sub] ?? [] }) }),
  clientAuthMethods: ['client_secret_basic', 'none'],
  cookies: { keys: [randomBytes(32).toString('base64url')] },
  enabledJWA: { idTokenSigningAlgValues: ['ES256', 'RS256'] },
  extraTokenClaims: (_ctx, token) => claims.get(token.clientId),
  features: {
    clientCredentials: { enabled: true },
    deviceFlow: { enabled: true },
    devInteractions: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_ctx, resource, client) => ({
        scope: '',
        audience: resource,
        accessTokenFormat: 'jwt',
        accessTokenTTL: lives.get(client.clientId),
        jwt: { sign: { alg: algorithms.get(client.clientId) ?? 'ES256' } },
      }),
    },
  },
});

provider.on('server_error', (_ctx, error) => console.error('server error:', error));
provider.on('grant.error', (_ctx, error) => console.error('refused:', error.error, error.error_description ?? ''));
provider.on('grant.success', (ctx) => console.log('token for', ctx.oidc.client.clientId));

const tls = { cert: readFileSync(config.certificate_file), key: readFileSync(config.key_file), minVersion: 'TLSv1.2' };
const listening = config.addresses.map((address) => new Promise((resolve, reject) => {
  createServer(tls, provider.callback()).once('error', reject).listen(config.port, address, resolve);
}));
await Promise.all(listening);
console.log(`ready: ${config.issuer}`);

/** One key per algorithm, made at the first start and kept, so that a restart does not invalidate what was handed out. */
function signingKeys(file) {
  if (!existsSync(file)) {
    // The JWK comes from the generation itself: exported from the key object afterwards, Node 20 waits for itself for good
    // when its garbage collector meets the generation's remains in the middle of the export.
    const jwk = { publicKeyEncoding: { format: 'jwk' }, privateKeyEncoding: { format: 'jwk' } };
    const keys = [
      [generateKeyPairSync('ec', { namedCurve: 'P-256', ...jwk }), 'ES256'],
      [generateKeyPairSync('rsa', { modulusLength: 2048, ...jwk }), 'RS256'],
    ].map(([pair, alg]) => ({
      ...pair.privateKey,
      kid: `${alg.toLowerCase()}-${randomBytes(6).toString('hex')}`,
      use: 'sig',
      alg,
    }));
    writeFileSync(file, JSON.stringify(keys), { mode: 0o600 });
  }
  return JSON.parse(readFileSync(file, 'utf8'));
}
