// An authorization server that gives agents tokens for upstreams: client credentials and token exchange (RFC 8693).
// usage: node exchange.mjs CONFIG.json
//
// CONFIG: { port, certificate_file, key_file, ca_file, client_jwk, client_secret, client_dns_name, resources, federated }
// Tokens are for URLs that begin with one of `resources`. Clients: agent-jwt (private_key_jwt with client_jwk),
// agent-basic, agent-post, agent-tls (tls_client_auth: a certificate of ca_file's for client_dns_name). Exchanged tokens are for the `sub` of
// the subject token, which is taken at its word here, and name the actor token's client in `act`.
//
// With `federated`: { issuer, audience, subject, log } the only client is agent-federated, and no client has a secret or a key outside
// of this process. Its assertions (RFC 7523 section 2.2) are of that issuer, whose keys its discovery document names; the log has
// each request, with the assertion, and each answer. NODE_EXTRA_CA_CERTS has the root of the issuer.
import { X509Certificate, generateKeyPairSync, randomBytes } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { createRemoteJWKSet, importJWK, jwtVerify, SignJWT } from 'jose';
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

const issuer = `https://127.0.0.1:${config.port}`;
const federated = config.federated && {
  ...config.federated,
  client_id: 'agent-federated',
  key: generateKeyPairSync('ec', { namedCurve: 'P-256', publicKeyEncoding: jwk, privateKeyEncoding: jwk }),
};

const provider = new Provider(issuer, {
  jwks: { keys: [{ ...key, kid: 'k1', use: 'sig', alg: 'ES256' }] },
  clients: federated ? [
    {
      ...common,
      client_id: federated.client_id,
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      jwks: { keys: [federated.key.publicKey] },
    },
  ] : [
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

if (federated) provider.use(acceptFederated());

provider.on('server_error', (_ctx, error) => console.error('server error:', error));
provider.on('grant.error', (_ctx, error) => console.error('refused:', error.error, error.error_description ?? ''));

/**
 * Accepts the issuer's assertions for the client. The provider takes only assertions whose `iss` and `sub` are the client id, so what was
 * verified is replaced by one of those, signed with a key that exists in this process alone.
 */
function acceptFederated() {
  let keys;
  return async (ctx, next) => {
    if (ctx.method !== 'POST' || ctx.path !== '/token') return next();
    const chunks = [];
    for await (const chunk of ctx.req) chunks.push(chunk);
    const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString('utf8')));
    appendFileSync(federated.log, `${JSON.stringify({ authorization: ctx.get('authorization'), form })}\n`);
    try {
      keys ??= createRemoteJWKSet(new URL((await discover()).jwks_uri));
      await jwtVerify(form.client_assertion, keys, {
        issuer: federated.issuer,
        audience: federated.audience,
        subject: federated.subject,
        algorithms: ['RS256'],
        maxTokenAge: 300,
        requiredClaims: ['exp', 'jti'],
      });
    } catch (error) {
      console.error('refused:', error.code ?? error.message);
      ctx.status = 401;
      ctx.body = { error: 'invalid_client' };
      return;
    }
    form.client_assertion = await new SignJWT({ jti: randomBytes(16).toString('base64url') })
      .setProtectedHeader({ alg: 'ES256' })
      .setIssuer(federated.client_id)
      .setSubject(federated.client_id)
      .setAudience(issuer)
      .setIssuedAt()
      .setExpirationTime('1m')
      .sign(await importJWK(federated.key.privateKey, 'ES256'));
    ctx.req.body = form;
    await next();
    appendFileSync(federated.log, `${JSON.stringify({ status: ctx.status, issued: ctx.body?.access_token })}\n`);
  };
}

async function discover() {
  const answer = await fetch(`${federated.issuer}/.well-known/openid-configuration`);
  return answer.json();
}

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
