// Tokens as the platforms shape them, signed by keys that the service was given: what their real tokens look like is in
// each platform's documentation; what must match and what must not is here.
import assert from 'node:assert/strict';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import { now, unique } from '../sdk/world.mjs';

export async function KubernetesProjected(world) {
  const issuer = await signer(world, {
    issuer_url: 'https://oidc.cluster-1.example.com',
    preset: 'kubernetes',
    replay_mode: 'off',
  });
  const uid = '9d8a7c1e-5b1f-4c55-9f0e-6d4b9f7a2c11';
  const rule = await issuer.rule({
    subject_prefix: 'system:serviceaccount:mcp:agent',
    matchers: [
      { claim: '/kubernetes.io/namespace', eq: 'mcp' },
      { claim: '/kubernetes.io/serviceaccount/uid', eq: uid },
    ],
  });
  const claims = (own = {}) => ({
    sub: 'system:serviceaccount:mcp:agent',
    nbf: now(),
    exp: now() + 3600,
    jti: undefined,
    'kubernetes.io': {
      namespace: 'mcp',
      node: { name: 'node-1', uid: 'f0e1' },
      pod: { name: 'agent-0', uid: 'a1b2' },
      serviceaccount: { name: 'agent', uid, ...own },
    },
  });

  // The kubelet's file is read again and again: the same token works each time.
  const projected = await issuer.mint(claims());
  await issuer.granted(rule, projected);
  await issuer.granted(rule, projected);
  // A namespace that was deleted and made again has the same names and another uid.
  await issuer.denied(rule, await issuer.mint(claims({ uid: 'another' })), 'claim_mismatch');
  await issuer.denied(rule, await issuer.mint({ ...claims(), aud: 'https://kubernetes.default.svc' }), 'audience_mismatch');
}

export async function GithubActions(world) {
  const issuer = await signer(
    world,
    { issuer_url: 'https://token.actions.githubusercontent.com', preset: 'github-actions' },
    'RS256',
  );
  const classic = 'repo:acme/api:environment:prod';
  const immutable = 'repo:acme@65/api@74:environment:prod';
  const base = {
    repository: 'acme/api',
    repository_id: '74',
    repository_owner: 'acme',
    repository_owner_id: '65',
    environment: 'prod',
    event_name: 'push',
    ref: 'refs/heads/main',
    ref_type: 'branch',
    runner_environment: 'github-hosted',
    job_workflow_ref: 'acme/ci/.github/workflows/deploy.yml@refs/tags/v3',
    nbf: now() - 600,
  };
  const pins = { repository_owner_id: '65', repository_id: '74', environment: 'prod', runner_environment: 'github-hosted' };
  const rule = await issuer.rule({
    claims: pins,
    condition: "claims.job_workflow_ref.startsWith('acme/ci/.github/workflows/deploy.yml@refs/tags/')",
  });
  const segments = await issuer.rule({ subject_segments: 'repo:acme@*/api@*:environment:prod', claims: pins });

  // Both formats of the subject, since repositories move from one to the other.
  await issuer.granted(rule, await issuer.mint({ ...base, sub: classic }));
  await issuer.granted(rule, await issuer.mint({ ...base, sub: immutable }));
  await issuer.granted(segments, await issuer.mint({ ...base, sub: immutable }));
  // A branch may be called like an environment.
  const evil = { ...base, environment: undefined, sub: 'repo:acme/api:ref:refs/heads/main:environment:prod' };
  await issuer.denied(rule, await issuer.mint(evil), 'claim_missing');
  // The repository of another owner that took over the name.
  await issuer.denied(rule, await issuer.mint({ ...base, sub: classic, repository_owner_id: '99' }), 'claim_mismatch');
  await issuer.denied(rule, await issuer.mint({ ...base, sub: classic, job_workflow_ref: 'acme/ci/.github/workflows/other.yml@refs/tags/v3' }), null);
  // One token per exchange: the job can ask for another.
  const token = await issuer.mint({ ...base, sub: classic });
  await issuer.granted(rule, token);
  await issuer.denied(rule, token, 'jti_reused');
}

export async function GitlabCi(world) {
  const issuer = await signer(world, { issuer_url: 'https://gitlab.com', preset: 'gitlab', replay_mode: 'bound_reuse' }, 'RS256');
  const rule = await issuer.rule({
    matchers: [
      { claim: 'project_id', eq: '22' },
      { claim: 'namespace_id', eq: '72' },
      { claim: 'ref_protected', eq: 'true' },
    ],
  });
  const base = {
    sub: 'project_path:acme/api:ref_type:branch:ref:main',
    project_id: '22',
    project_path: 'acme/api',
    namespace_id: '72',
    namespace_path: 'acme',
    ref: 'main',
    ref_type: 'branch',
    ref_protected: 'true',
    pipeline_source: 'push',
  };

  // One token per job, and a job may be retried: the same caller may come again.
  const token = await issuer.mint(base);
  await issuer.granted(rule, token);
  await issuer.granted(rule, token);
  // A fork's merge request runs on a branch that is not protected.
  await issuer.denied(rule, await issuer.mint({ ...base, ref_protected: 'false' }), 'claim_mismatch');
  // No coercion between types.
  await issuer.denied(rule, await issuer.mint({ ...base, project_id: 22 }), 'claim_mismatch');
}

export async function SpiffeSvid(world) {
  const key = await newKey('ES256', { use: 'jwt-svid', alg: undefined });
  const issuer = await signer(
    world,
    {
      issuer_url: 'spiffe://prod.example.org',
      preset: 'spiffe',
      replay_mode: 'off',
      jwks: {
        type: 'spiffe_bundle',
        trust_domain: 'prod.example.org',
        bundle: { keys: [key.jwk], spiffe_sequence: 12, spiffe_refresh_hint: 300 },
      },
    },
    'ES256',
    key,
  );
  const rule = await issuer.rule({ subject_prefix: 'spiffe://prod.example.org/mcp/agent' });
  // An SVID names no issuer: the trust domain of its subject does.
  const svid = (claims) => issuer.mint({ iss: undefined, jti: undefined, sub: 'spiffe://prod.example.org/mcp/agent', ...claims });

  await issuer.granted(rule, await svid());
  await issuer.denied(rule, await svid({ sub: 'spiffe://evil.example.org/mcp/agent' }), 'trust_domain_mismatch');
  await issuer.denied(rule, await svid({ sub: 'spiffe://prod.example.org/mcp/agent/else' }), 'match_subject_prefix');
}

async function newKey(alg, extra = {}) {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const kid = unique('key');
  const jwk = { ...(await exportJWK(publicKey)), kid, alg, use: 'sig', ...extra };
  if (jwk.alg === undefined) delete jwk.alg;
  return { privateKey, kid, jwk, alg };
}

/** An issuer of one platform, its signer, and rules for it. */
async function signer(world, issuer, alg = 'ES256', given = undefined) {
  const key = given ?? (await newKey(alg));
  const created = await world.raw('POST', '/v1/organizations/federation_issuers', {
    body: { name: unique('platform'), jwks: { type: 'inline', keys: [key.jwk] }, ...issuer },
  });
  assert.equal(created.status, 200, created.text);
  world.later(() => world.raw('POST', `/v1/organizations/federation_issuers/${created.json.id}/archive`));
  const account = await world.raw('POST', '/v1/organizations/service_accounts', {
    body: { name: unique('platform'), organization_role: 'developer' },
  });
  assert.equal(account.status, 200, account.text);
  const exchange = (rule, assertion) => world.exchange(world.assertionBody({ rule }, assertion));
  return {
    async rule(match) {
      const rule = await world.raw('POST', '/v1/organizations/federation_rules', {
        body: {
          name: unique('platform'),
          issuer_id: created.json.id,
          match,
          target: { type: 'service_account', service_account_id: account.json.id },
          oauth_scope: 'workspace:inference',
          workspace_id: world.workspaceId,
        },
      });
      assert.equal(rule.status, 200, rule.text);
      world.later(() => world.raw('POST', `/v1/organizations/federation_rules/${rule.json.id}/archive`));
      return rule.json;
    },
    mint(claims) {
      const issued = now();
      const all = { iss: issuer.issuer_url, aud: world.url, iat: issued, exp: issued + 300, jti: unique('jti'), ...claims };
      const present = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
      return new SignJWT(present).setProtectedHeader({ alg, kid: key.kid, typ: 'JWT' }).sign(key.privateKey);
    },
    async granted(rule, assertion) {
      const answer = await exchange(rule, assertion);
      assert.equal(answer.status, 200, `${answer.text} ${await reasonOf(world, answer)}`);
    },
    async denied(rule, assertion, reason) {
      const answer = await exchange(rule, assertion);
      assert.equal(answer.status, 401, answer.text);
      if (reason) assert.equal(await reasonOf(world, answer), reason);
    },
  };
}

async function reasonOf(world, answer) {
  const [entry] = await world.history(answer.headers.get('request-id'));
  return entry?.event?.status?.reason ?? entry?.status?.reason ?? entry?.reason ?? JSON.stringify(entry);
}
