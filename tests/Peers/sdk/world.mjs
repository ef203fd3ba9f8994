// What the checks share: clients of the unmodified SDK, an identity provider's keys, raw requests, and cleaning up.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Anthropic from '@anthropic-ai/sdk';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';

export { Anthropic };

export class World {
  url = required('CULVERT_IDENTITY_URL');
  machineUrl = process.env.CULVERT_MACHINE_URL;
  organizationId = required('CULVERT_ORGANIZATION_ID');
  workspaceId = required('CULVERT_WORKSPACE_ID');
  adminKey = readFileSync(required('CULVERT_ADMIN_KEY_FILE'), 'utf8').trim();
  folder = mkdtempSync(join(tmpdir(), 'culvert-sdk-'));
  #cleanups = [];

  /** The organization's administrator: the admin key where the SDK expects an API key. */
  admin = new Anthropic({ baseURL: this.url, apiKey: this.adminKey });

  /** Runs when the check is over, last registered first; a failure to clean up fails the check. */
  later(cleanup) {
    this.#cleanups.push(cleanup);
  }

  async close() {
    let failure;
    for (const cleanup of this.#cleanups.reverse()) {
      try {
        await cleanup();
      } catch (e) {
        failure ??= e;
      }
    }
    rmSync(this.folder, { recursive: true, force: true });
    if (failure) throw failure;
  }

  file(name, content) {
    const path = join(this.folder, name);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  }

  openssl(...args) {
    return execFileSync('openssl', args, { cwd: this.folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }

  /** A tunnel that is archived afterwards: an organization has only so many. */
  async tunnel(client = this.admin, params = { display_name: unique('sdk') }) {
    const tunnel = await client.beta.tunnels.create(params);
    this.later(() => this.admin.beta.tunnels.archive(tunnel.id));
    return tunnel;
  }

  /** An issuer whose keys the service was given, a service account, and a rule: everything an exchange needs. */
  async federation({ scope = 'workspace:manage_tunnels', life = 3600, subject = 'sdk-client', issuer = {} } = {}) {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    const kid = unique('key');
    const issuerUrl = `https://${unique('issuer')}.example.com`;
    const { federation } = this.admin.organization;
    const record = await federation.issuers.create({
      name: unique('sdk'),
      issuer_url: issuerUrl,
      jwks: { type: 'inline', keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' }] },
      ...issuer,
    });
    this.later(() => federation.issuers.archive(record.id));
    const account = await this.admin.organization.serviceAccounts.create({
      name: unique('sdk'),
      organization_role: 'developer',
    });
    this.later(() => this.admin.organization.serviceAccounts.archive(account.id));
    await this.admin.organization.workspaces.serviceAccounts.add(this.workspaceId, {
      service_account_id: account.id,
      workspace_role: 'workspace_developer',
    });
    const rule = await federation.rules.create({
      name: unique('sdk'),
      issuer_id: record.id,
      match: { subject_prefix: subject },
      target: { type: 'service_account', service_account_id: account.id },
      oauth_scope: scope,
      token_lifetime_seconds: life,
      workspace_id: this.workspaceId,
    });
    this.later(() => federation.rules.archive(rule.id));
    return { world: this, issuer: record, account, rule, subject, issuerUrl, kid, privateKey, publicKey, mint, config };
  }

  /** A client that knows nothing but the federation config, and what it sent. */
  federated(config, options = {}) {
    const sent = [];
    const client = new Anthropic({ config, fetch: recording(sent), ...options });
    return { client, sent };
  }

  /** The token endpoint without the SDK, for what the SDK would not send. */
  async exchange(body) {
    return this.raw('POST', '/v1/oauth/token', { body, authorization: null });
  }

  assertionBody(setup, assertion) {
    return {
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion,
      federation_rule_id: setup.rule.id,
      organization_id: this.organizationId,
    };
  }

  /** One request without the SDK. `body`: an object is sent as JSON, undefined sends none. */
  async raw(method, path, { body, authorization = `Bearer ${this.adminKey}`, headers = {} } = {}) {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(authorization && { authorization }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: text ? JSON.parse(text) : null };
  }

  /** The history's entry of one exchange, by the request id that its caller got. */
  async history(requestId) {
    const { json } = await this.raw('GET', `/v1/authentication_history?request_id=${requestId}`);
    return json.data;
  }

  /** The organization's latest audit bodies, newest first. */
  async audit(limit = 100) {
    const { json } = await this.raw('GET', `/v1/audit?limit=${limit}`);
    return json.data.map((entry) => entry.body);
  }
}

export const unique = (prefix) => `${prefix}-${randomBytes(5).toString('hex')}`;

export const now = () => Math.floor(Date.now() / 1000);

/** A fetch that notes each request and its answer's status, and changes nothing. */
export function recording(sent) {
  return async (url, init) => {
    const { pathname } = new URL(url);
    const headers = new Headers(init?.headers);
    const entry = { method: init?.method ?? 'GET', path: pathname, url: String(url), headers, body: init?.body };
    sent.push(entry);
    const response = await fetch(url, init);
    entry.status = response.status;
    entry.responseHeaders = response.headers;
    return response;
  };
}

/** What a call is refused with; a call that is not refused fails the check. */
export async function refusal(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('the call was expected to be refused, and was not');
}

/** A token of the setup's identity provider; `claims` and `header` replace, undefined removes. */
async function mint(claims = {}, header = {}) {
  const issued = now();
  const all = {
    iss: this.issuerUrl,
    sub: this.subject,
    aud: this.world.url,
    iat: issued,
    exp: issued + 300,
    jti: unique('jti'),
    ...claims,
  };
  const present = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  const protectedHeader = { alg: 'ES256', kid: this.kid, typ: 'JWT', ...header };
  for (const key of Object.keys(protectedHeader)) {
    if (protectedHeader[key] === undefined) delete protectedHeader[key];
  }
  return new SignJWT(present).setProtectedHeader(protectedHeader).sign(this.privateKey);
}

/** The SDK's own federation config, with the token in a file as a projected token would be. */
async function config(token, extra = {}) {
  const path = this.world.file(unique('token'), token ?? (await this.mint()));
  return {
    base_url: this.world.url,
    organization_id: this.world.organizationId,
    workspace_id: this.world.workspaceId,
    authentication: {
      type: 'oidc_federation',
      federation_rule_id: this.rule.id,
      identity_token: { source: 'file', path },
      ...extra,
    },
  };
}

function required(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}
