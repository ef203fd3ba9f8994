// An authorization server that gives agents tokens for upstreams: client credentials and token exchange (RFC 8693).
// usage: node exchange.mjs CONFIG.json
//
// CONFIG: { port, certificate_file, key_file, ca_file, client_jwk, client_secret, client_dns_name, resources }
// Tokens are for URLs that begin with one of `resources`. Clients: agent-jwt (private_key_jwt with client_jwk),
// agent-basic, agent-post, agent-tls (tls_client_auth: a certificate of ca_file's for client_dns_name). Exchanged tokens are for the `sub` of
// the subject token, which is taken at its word here, and name the actor token's client in `act`.
import { X509Certificate, generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import Provider, { errors } from 'oidc-provider';

const config = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const exchange = 'urn:ietf:params:oauth:grant-type:token-exchange';
const accessToken = 'urn:ietf:params:oauth:token-type:access_token';
// Not exported afterwards: idp.mjs says why.
const jwk = { format: 'jwk' };
const key = generateKeyPairSync('ec', { namedCurve: 'P-256', publicKeyEncoding: jwk, privateKeyEncoding: jwk }).privateKey;
const common = {
  grant_types: ['client_credentials', exchange],
  redirect_uris: [],
  response_types: [],
  id_token_signed_response_alg: 'ES256',
};

const provider = new Provider(`https://127.0.0.1:${config.port}`, {
  jwks: { keys: [{ ...key, kid: 'k1', use: 'sig', alg: 'ES256' }] },
  clients: [
    {
      ...common,
      client_id: 'agent-jwt',
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      jwks: { keys: [config.client_jwk] },
    },
    { ...common, client_id: 'agent-basic', client_secret: config.client_secret },
    {
      ...common,
      client_id: 'agent-post',
      client_secret: config.client_secret,
      token_endpoint_auth_method: 'client_secret_post',
    },
    {
      ...common,
      client_id: 'agent-tls',
      token_endpoint_auth_method: 'tls_client_auth',
      tls_client_auth_san_dns: config.client_dns_name,
    },
  ],
  clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'tls_client_auth'],
  cookies: { keys: [randomBytes(32).toString('base64url')] },
  enabledJWA: { idTokenSigningAlgValues: ['ES256'], clientAuthSigningAlgValues: ['ES256', 'RS256'] },
  extraTokenClaims: (ctx) => ctx.exchanged,
  scopes: ['docs.read'],
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    mTLS: {
      enabled: true,
      tlsClientAuth: true,
      getCertificate: (ctx) => certificateOf(ctx)?.toString(),
      certificateAuthorized: (ctx) => ctx.socket.authorized,
      certificateSubjectMatches: (ctx, property, expected) =>
        property === 'tls_client_auth_san_dns' && certificateOf(ctx)?.checkHost(expected) === expected,
    },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_ctx, resource) => {
        if (!config.resources.some((known) => resource.startsWith(known))) {
          throw new errors.InvalidTarget();
        }
        return {
          scope: 'docs.read',
          audience: resource,
          accessTokenFormat: 'jwt',
          accessTokenTTL: 300,
          jwt: { sign: { alg: 'ES256' } },
        };
      },
    },
  },
});

provider.registerGrantType(
  exchange,
  async (ctx) => {
    const { params, client } = ctx.oidc;
    if (params.subject_token_type !== accessToken || !params.subject_token || !params.resource) {
      throw new errors.InvalidRequest('subject_token and resource are needed');
    }
    const subject = JSON.parse(Buffer.from(params.subject_token.split('.')[1], 'base64url'));
    const actor = params.actor_token ? await provider.ClientCredentials.find(params.actor_token) : null;
    if (params.actor_token && !actor?.isValid) {
      throw new errors.InvalidGrant('actor_token');
    }
    ctx.exchanged = actor ? { act: { sub: actor.clientId } } : {};
    const info = {
      scope: 'docs.read',
      audience: params.resource,
      accessTokenFormat: 'jwt',
      accessTokenTTL: 300,
      jwt: { sign: { alg: 'ES256' } },
    };
    const token = new provider.AccessToken({ client, accountId: subject.sub, scope: 'docs.read', gty: exchange });
    token.resourceServer = new provider.ResourceServer(params.resource, info);
    ctx.body = {
      access_token: await token.save(),
      issued_token_type: accessToken,
      token_type: 'Bearer',
      expires_in: token.expiration,
    };
  },
  ['subject_token', 'subject_token_type', 'actor_token', 'actor_token_type', 'requested_token_type', 'audience', 'resource', 'scope'],
);

provider.on('server_error', (_ctx, error) => console.error('server error:', error));
provider.on('grant.error', (_ctx, error) => console.error('refused:', error.error, error.error_description ?? ''));

function certificateOf(ctx) {
  const { raw } = ctx.socket.getPeerCertificate();
  return raw && new X509Certificate(raw);
}

const tls = {
  cert: readFileSync(config.certificate_file),
  key: readFileSync(config.key_file),
  ca: readFileSync(config.ca_file),
  requestCert: true,
  rejectUnauthorized: false,
  minVersion: 'TLSv1.2',
};
const server = createServer(tls, provider.callback());
server.listen(config.port, '127.0.0.1', () => console.log('ready'));
