// The company's identity provider: oidc-provider behind TLS, client credentials for workloads, codes and redirects for people.
// usage: node idp.mjs CONFIG.json
//
// CONFIG: { issuer, port, addresses, certificate_file, key_file, keys_file,
//           clients: [{ client_id, client_secret_file, algorithm, claims, token_life }], person_client,
//           console: { client_id, redirect_uris }, vendor_client, vendor_keys: { url, ca_file }, groups: { person: [group] }, service, scope, is_plain, apps_file }
// Every client may ask for a token for any resource; the answer is a JWT access token whose `aud` is that resource,
// whose `sub` is the client, signed by the client's algorithm (ES256 or RS256), with a `jti` of its own.
// Resources other than the identity service (`service`) have one scope, `scope`. A machine that names none gets it.
// The client of people and the console are public, the first with device codes and the loopback redirect on any port
// (RFC 8252 §7.3); anyone who enters a name on the sign-in page is that person (oidc-provider's own pages), and the
// id_token has the groups that the person is in.
// MCP clients register themselves (RFC 7591). This is for one machine's tests: any caller may register, within the bounds of
// `checkRegistration` and `boundRegistrations`, and no client that registered itself gets a token for the identity service.
// The client of people exchanges an id_token for an identity assertion (ID-JAG) to an authorization server that `apps_file`, read at
// each exchange, names: { audience: the client's id there }.
// To the client `vendor_client` this is the authorization server of a vendor where people have accounts: its redirect URIs are all those
// of the identity service. It authenticates with private_key_jwt and the keys of `vendor_keys`, or it is public if there are none.
// With `is_plain` it is as Entra ID: `resource` is an invalid_target in the console's sign-in, and there is neither registration
// nor RFC 8414.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, get } from 'node:https';
import { createLocalJWKSet, importJWK, jwtVerify, SignJWT } from 'jose';
import Provider, { errors } from 'oidc-provider';

const config = JSON.parse(readFileSync(process.argv[2], 'utf8'));

const algorithms = new Map(config.clients.map((client) => [client.client_id, client.algorithm]));
const lives = new Map(config.clients.map((client) => [client.client_id, client.token_life ?? 300]));
const claims = new Map(config.clients.map((client) => [client.client_id, client.claims ?? {}]));
const known = new Set([...algorithms.keys(), config.person_client, config.console.client_id, config.vendor_client]);

const tokenExchange = 'urn:ietf:params:oauth:grant-type:token-exchange';
const idJag = 'urn:ietf:params:oauth:token-type:id-jag';
const signing = signingKeys(config.keys_file);

const registrationsPerMinute = 30;
const registrationBytes = 8 * 1024;
const redirectUris = 10;

const provider = new Provider(config.issuer, {
  jwks: { keys: signing },
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
    grant_types: ['authorization_code', 'urn:ietf:params:oauth:grant-type:device_code', tokenExchange],
    redirect_uris: ['http://127.0.0.1/callback'],
    response_types: ['code'],
    id_token_signed_response_alg: 'ES256',
  }, {
    client_id: config.console.client_id,
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code'],
    redirect_uris: config.console.redirect_uris,
    response_types: ['code'],
    id_token_signed_response_alg: 'ES256',
  }, {
    client_id: config.vendor_client,
    ...(config.vendor_keys
      ? { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: config.vendor_keys.url }
      : { token_endpoint_auth_method: 'none' }),
    grant_types: ['authorization_code'],
    redirect_uris: [`${config.service}/`],
    response_types: ['code'],
    id_token_signed_response_alg: 'ES256',
  }],
  claims: { openid: ['sub'], profile: ['name', 'groups'] },
  conformIdTokenClaims: false,
  findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub, name: sub, groups: config.groups[sub] ?? [] }) }),
  // The third is what several MCP clients register with.
  clientAuthMethods: ['client_secret_basic', 'none', 'client_secret_post', 'private_key_jwt'],
  cookies: { keys: [randomBytes(32).toString('base64url')] },
  enabledJWA: { idTokenSigningAlgValues: ['ES256', 'RS256'] },
  // A standard member that this server does not use: naming one is the way to have each client checked.
  extraClientMetadata: { properties: ['software_id'], validator: (_ctx, _name, _value, client) => checkRegistration(client) },
  fetch: fetchKeys,
  extraTokenClaims: (_ctx, token) => claims.get(token.clientId),
  // RFC 6749 §3.3: what a request without a scope gets. People consent to scopes by name.
  formats: {
    customizers: {
      jwt: (_ctx, token, { payload }) => {
        if (!token.accountId) payload.scope ??= token.resourceServer?.scope || undefined;
      },
    },
  },
  scopes: ['openid', 'offline_access', config.scope],
  features: {
    clientCredentials: { enabled: true },
    deviceFlow: { enabled: true },
    devInteractions: { enabled: true },
    registration: { enabled: !config.is_plain, issueRegistrationAccessToken: false },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_ctx, resource, client) => {
        const isService = resource === config.service;
        if (isService && !known.has(client.clientId)) throw new errors.InvalidTarget();
        if (config.is_plain && client.clientId === config.console.client_id) throw new errors.InvalidTarget();
        return {
          scope: isService ? '' : config.scope,
          audience: resource,
          accessTokenFormat: 'jwt',
          accessTokenTTL: lives.get(client.clientId),
          jwt: { sign: { alg: algorithms.get(client.clientId) ?? 'ES256' } },
        };
      },
    },
  },
});

const { redirectUriAllowed } = provider.Client.prototype;
provider.Client.prototype.redirectUriAllowed = function isAllowed(uri) {
  return this.clientId === config.vendor_client ? URL.parse(uri)?.origin === config.service : redirectUriAllowed.call(this, uri);
};

provider.registerGrantType(
  tokenExchange,
  exchangeIdToken,
  ['subject_token', 'subject_token_type', 'requested_token_type', 'audience', 'resource', 'scope'],
);
provider.use(boundRegistrations());
// Clients look there first (RFC 8414 §3); the document is the same.
provider.use((ctx, next) => {
  if (ctx.path !== '/.well-known/oauth-authorization-server') return next();
  if (config.is_plain) return;
  ctx.path = '/.well-known/openid-configuration';
  return next();
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

/** The keys of the identity service. The certificate of its own CA is written after this program has started. */
function fetchKeys(url) {
  return new Promise((resolve, reject) => {
    get(url, { ca: readFileSync(config.vendor_keys.ca_file), timeout: 2500 }, (answer) => {
      const parts = [];
      answer.on('error', reject).on('data', (part) => parts.push(part));
      answer.on('end', () => resolve(new Response(Buffer.concat(parts), { status: answer.statusCode })));
    }).on('error', reject);
  });
}

/** draft-ietf-oauth-identity-assertion-authz-grant: the person of the id_token uses this client at that authorization server. */
async function exchangeIdToken(ctx) {
  const { params, client } = ctx.oidc;
  const apps = config.apps_file && existsSync(config.apps_file) ? JSON.parse(readFileSync(config.apps_file, 'utf8')) : {};
  if (params.requested_token_type !== idJag || !Object.hasOwn(apps, params.audience)) throw new errors.InvalidTarget();
  const { payload } = await jwtVerify(params.subject_token, createLocalJWKSet({ keys: signing.map(toPublic) }), {
    issuer: config.issuer,
    audience: client.clientId,
  }).catch((error) => {
    throw new errors.InvalidGrant(error.message);
  });
  const key = signing.find((one) => one.alg === 'ES256');
  const assertion = await new SignJWT({
    client_id: apps[params.audience],
    resource: params.resource,
    ...(params.scope && { scope: params.scope }),
  })
    .setProtectedHeader({ alg: 'ES256', kid: key.kid, typ: 'oauth-id-jag+jwt' })
    .setIssuer(config.issuer)
    .setSubject(payload.sub)
    .setAudience(params.audience)
    .setJti(randomBytes(16).toString('base64url'))
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(await importJWK(key, 'ES256'));
  ctx.body = { access_token: assertion, issued_token_type: idJag, token_type: 'N_A', expires_in: 300 };
}

function toPublic({ kty, crv, x, y, n, e, kid, use, alg }) {
  return { kty, crv, x, y, n, e, kid, use, alg };
}

/** Refuses a client that registered itself for anything but people's codes to its own machine or to an https page. */
function checkRegistration(client) {
  if (known.has(client.client_id)) return;
  const uris = client.redirect_uris;
  if (!Array.isArray(uris) || uris.length > redirectUris || !uris.every(isRedirectUri)) {
    throw new errors.InvalidClientMetadata(`redirect_uris: at most ${redirectUris}, each https, or http on loopback`);
  }
  if (!client.grant_types?.every?.((type) => ['authorization_code', 'refresh_token'].includes(type))) {
    throw new errors.InvalidClientMetadata('grant_types: authorization_code and refresh_token');
  }
  // These would make the server fetch an address of the caller's choice.
  if (client.jwks_uri || client.sector_identifier_uri) {
    throw new errors.InvalidClientMetadata('jwks_uri and sector_identifier_uri are not supported');
  }
}

function isRedirectUri(text) {
  const uri = typeof text === 'string' && URL.parse(text);
  if (!uri) return false;
  return uri.protocol === 'https:' || (uri.protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(uri.hostname));
}

/** Refuses registrations that are too large, or that are too many for one minute, before they are read. */
function boundRegistrations() {
  let [minute, count] = [0, 0];
  return (ctx, next) => {
    if (ctx.method !== 'POST' || ctx.path !== '/reg') return next();
    const now = Math.floor(Date.now() / 60_000);
    [minute, count] = [now, now === minute ? count + 1 : 1];
    if (count > registrationsPerMinute) return refuse(429, `at most ${registrationsPerMinute} registrations a minute`);
    if (!(ctx.request.length <= registrationBytes)) return refuse(413, `at most ${registrationBytes} bytes, with Content-Length`);
    return next();

    function refuse(status, description) {
      ctx.status = status;
      ctx.body = { error: 'invalid_request', error_description: description };
    }
  };
}

/** One key per algorithm, made at the first start and kept, so that a restart does not invalidate what was handed out. */
function signingKeys(file) {
  if (!existsSync(file)) {
    // The JWK comes from the generation itself: exported from the key object afterwards, Node 20 deadlocks when its
    // garbage collector meets the generation's remains in the middle of the export.
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
