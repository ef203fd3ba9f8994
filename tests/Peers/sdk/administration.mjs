// I18 and the administrator's side: organization.federation.*, serviceAccounts, and who may not.
import assert from 'node:assert/strict';
import { generateKeyPair, exportJWK } from 'jose';
import { Anthropic, recording, refusal, unique } from './world.mjs';

export async function I18(world) {
  const bearer = await world.raw('GET', '/v1/tunnels?limit=1');
  const header = await world.raw('GET', '/v1/tunnels?limit=1', {
    authorization: null,
    headers: { 'x-api-key': world.adminKey },
  });
  assert.equal(bearer.status, 200, bearer.text);
  assert.equal(header.status, 200, header.text);
  assert.deepEqual(header.json, bearer.json);
  assert.ok((await world.admin.beta.tunnels.list({ limit: 1 })).data);

  const unknown = new Anthropic({ baseURL: world.url, apiKey: `clv_adm_${'0'.repeat(43)}` });
  const error = await refusal(unknown.beta.tunnels.list());
  assert.ok(error instanceof Anthropic.AuthenticationError, String(error));
  assert.equal(error.type, 'authentication_error');

  const { client } = world.federated(await (await world.federation({ scope: 'workspace:developer' })).config());
  const scope = await refusal(client.beta.tunnels.list());
  assert.ok(scope instanceof Anthropic.PermissionDeniedError, String(scope));
  assert.equal(scope.type, 'permission_error');
  assert.equal(scope.errorCode, 'auth.scope');
}

export async function Federation(world) {
  const { issuers, rules } = world.admin.organization.federation;
  const keys = [{ ...(await exportJWK((await generateKeyPair('ES256', { extractable: true })).publicKey)), kid: 'a', alg: 'ES256' }];
  const [issuerName, ruleName, accountName] = [unique('sdk'), unique('sdk'), unique('sdk')];

  const issuer = await issuers.create({
    name: issuerName,
    issuer_url: `https://${issuerName}.example.com`,
    jwks: { type: 'inline', keys },
    max_jwt_lifetime_seconds: 900,
  });
  assert.match(issuer.id, /^fdis_01[0-9A-Za-z]{22}$/);
  assert.equal(issuer.type, 'federation_issuer');
  assert.equal(issuer.check_jti, true);
  assert.equal(issuer.max_jwt_lifetime_seconds, 900);
  assert.equal(issuer.jwks.type, 'inline');
  assert.equal(issuer.archived_at, null);
  assert.deepEqual(await issuers.retrieve(issuer.id), issuer);
  const updated = await issuers.update(issuer.id, { max_jwt_lifetime_seconds: 1200 });
  assert.equal(updated.max_jwt_lifetime_seconds, 1200);
  assert.equal(updated.issuer_url, issuer.issuer_url);
  const duplicate = await refusal(issuers.create({ name: issuerName, issuer_url: 'https://x.example.com', jwks: { type: 'inline', keys } }));
  assert.ok(duplicate instanceof Anthropic.ConflictError, String(duplicate));
  assert.equal(duplicate.headers.get('x-should-retry'), 'false');
  assert.ok((await collect(issuers.list({ limit: 100 }))).some((i) => i.id === issuer.id));

  const account = await world.admin.organization.serviceAccounts.create({ name: accountName, organization_role: 'developer' });
  assert.match(account.id, /^svac_01[0-9A-Za-z]{22}$/);
  assert.equal(account.type, 'service_account');
  assert.equal(account.name, accountName);
  assert.deepEqual(await world.admin.organization.serviceAccounts.retrieve(account.id), account);
  const described = await world.admin.organization.serviceAccounts.update(account.id, { description: 'for the check' });
  assert.equal(described.description, 'for the check');
  assert.ok((await collect(world.admin.organization.serviceAccounts.list({ limit: 100 }))).some((a) => a.id === account.id));

  const rule = await rules.create({
    name: ruleName,
    issuer_id: issuer.id,
    match: { subject_prefix: 'somebody', claims: { team: 'a' } },
    target: { type: 'service_account', service_account_id: account.id },
    oauth_scope: 'workspace:manage_tunnels',
    token_lifetime_seconds: 600,
    workspace_id: world.workspaceId,
  });
  assert.match(rule.id, /^fdrl_01[0-9A-Za-z]{22}$/);
  assert.equal(rule.type, 'federation_rule');
  assert.equal(rule.issuer_name, issuerName);
  assert.equal(rule.target.service_account_name, accountName);
  assert.deepEqual(rule.workspace_ids, [world.workspaceId]);
  assert.equal(rule.applies_to_all_workspaces, false);
  assert.equal(rule.match.subject_prefix, 'somebody');
  assert.deepEqual(rule.match.claims, { team: 'a' });
  assert.deepEqual(await rules.retrieve(rule.id), rule);
  const changed = await rules.update(rule.id, { match: { subject_prefix: 'somebody-else' }, token_lifetime_seconds: 300 });
  assert.equal(changed.match.subject_prefix, 'somebody-else');
  assert.ok(!changed.match.claims, 'a match is replaced whole');
  assert.equal(changed.token_lifetime_seconds, 300);
  assert.deepEqual((await collect(rules.list({ issuer_id: issuer.id }))).map((r) => r.id), [rule.id]);

  const referenced = await refusal(issuers.archive(issuer.id));
  assert.ok(referenced instanceof Anthropic.BadRequestError, String(referenced));

  const gone = await rules.archive(rule.id);
  assert.ok(gone.archived_at);
  assert.equal((await rules.archive(rule.id)).archived_at, gone.archived_at);
  assert.deepEqual(await collect(rules.list({ issuer_id: issuer.id })), []);
  assert.equal((await collect(rules.list({ issuer_id: issuer.id, include_archived: true }))).length, 1);
  const late = await refusal(rules.update(rule.id, { description: 'late' }));
  assert.ok(late instanceof Anthropic.BadRequestError, String(late));
  assert.ok((await issuers.archive(issuer.id)).archived_at);
  assert.ok((await world.admin.organization.serviceAccounts.archive(account.id)).archived_at);
}

// I21: memberships, and that a role decides at once on tokens already out.
export async function Memberships(world) {
  const { serviceAccounts, workspaces } = world.admin.organization;
  const other = (await workspaces.create({ name: unique('sdk') })).id;
  const account = await serviceAccounts.create({ name: unique('sdk') });
  world.later(() => serviceAccounts.archive(account.id));

  const [implicit, ...more] = await collect(serviceAccounts.workspaces.list(account.id));
  assert.deepEqual(implicit, {
    type: 'service_account_workspace_member',
    service_account_id: account.id,
    workspace_id: world.workspaceId,
    workspace_role: 'workspace_user',
    implicit: true,
    created_by_actor_id: null,
  });
  assert.deepEqual(more, []);

  const added = await workspaces.serviceAccounts.add(other, {
    service_account_id: account.id,
    workspace_role: 'workspace_restricted_developer',
  });
  assert.equal(added.implicit, false);
  const member = { workspace_id: other };
  assert.deepEqual(await workspaces.serviceAccounts.retrieve(account.id, member), added);
  const updated = await workspaces.serviceAccounts.update(account.id, { ...member, workspace_role: 'workspace_admin' });
  assert.equal(updated.workspace_role, 'workspace_admin');
  assert.deepEqual(await collect(workspaces.serviceAccounts.list(other)), [updated]);
  const mirrored = await serviceAccounts.workspaces.add(account.id, { ...member, workspace_role: 'workspace_user' });
  assert.equal(mirrored.workspace_role, 'workspace_user');
  assert.equal((await collect(serviceAccounts.workspaces.list(account.id, { limit: 1 }))).length, 2);
  const gone = await serviceAccounts.workspaces.remove(other, { service_account_id: account.id });
  assert.deepEqual(gone, {
    type: 'service_account_workspace_member_deleted',
    service_account_id: account.id,
    workspace_id: other,
  });
  assert.equal((await workspaces.serviceAccounts.remove(account.id, member)).type, gone.type, 'removal is idempotent');
  const absent = await refusal(workspaces.serviceAccounts.retrieve(account.id, member));
  assert.ok(absent instanceof Anthropic.NotFoundError, String(absent));
  const implicitUpdate = await refusal(
    workspaces.serviceAccounts.update(account.id, { workspace_id: world.workspaceId, workspace_role: 'workspace_admin' }),
  );
  assert.ok(implicitUpdate instanceof Anthropic.BadRequestError, String(implicitUpdate));

  const beta = world.admin.beta.organization;
  assert.deepEqual(await collect(beta.serviceAccounts.workspaces.list(account.id)), [implicit]);
  assert.equal((await beta.serviceAccounts.retrieve(account.id)).id, account.id);
  assert.ok((await beta.federation.issuers.list({ limit: 1 })).data);

  const setup = await world.federation();
  const { client } = world.federated(await setup.config());
  assert.ok(await client.beta.tunnels.list({ limit: 1 }), 'a workspace developer manages tunnels');
  await workspaces.serviceAccounts.update(setup.account.id, {
    workspace_id: world.workspaceId,
    workspace_role: 'workspace_user',
  });
  const demoted = await refusal(client.beta.tunnels.list({ limit: 1 }));
  assert.ok(demoted instanceof Anthropic.PermissionDeniedError, String(demoted));
  assert.equal(demoted.errorCode, 'auth.scope');
}

// I21: the workspaces that a rule is enabled in.
export async function RuleWorkspaces(world) {
  const setup = await world.federation();
  const { workspaces } = world.admin.organization.federation.rules;
  const other = (await world.admin.organization.workspaces.create({ name: unique('sdk') })).id;
  const member = { type: 'federation_rule_workspace', federation_rule_id: setup.rule.id };

  const added = await workspaces.add(setup.rule.id, { workspace_id: other });
  assert.equal(added.workspace_id, other);
  assert.equal(added.federation_rule_id, member.federation_rule_id);
  const ids = async () => (await workspaces.list(setup.rule.id)).data.map((w) => w.workspace_id).sort();
  assert.deepEqual(await ids(), [world.workspaceId, other].sort());
  const gone = await workspaces.remove(other, { federation_rule_id: setup.rule.id });
  assert.equal(gone.type, 'federation_rule_workspace_deleted');
  assert.deepEqual(await workspaces.remove(other, { federation_rule_id: setup.rule.id }), gone, 'removal is idempotent');
  assert.deepEqual(await ids(), [world.workspaceId]);
}

// Rules that would admit more than an administrator can intend are bad requests, and a name that is taken is a
// conflict, once.
export async function I22(world) {
  const setup = await world.federation();
  const { issuers, rules } = world.admin.organization.federation;
  const rule = (change) => ({
    name: unique('sdk'),
    issuer_id: setup.issuer.id,
    match: { subject_prefix: 'somebody' },
    target: { type: 'service_account', service_account_id: setup.account.id },
    oauth_scope: 'workspace:manage_tunnels',
    workspace_id: world.workspaceId,
    ...change,
  });
  const shared = await issuers.create({
    name: unique('sdk'),
    issuer_url: 'https://token.actions.githubusercontent.com',
    jwks: setup.issuer.jwks,
  });
  world.later(() => issuers.archive(shared.id));

  for (const [what, change] of Object.entries({
    'audience only': { match: { audience: world.url } },
    'any subject': { match: { subject_prefix: '*' } },
    'constant condition': { match: { condition: 'true' } },
    'condition that is no boolean': { match: { condition: 'size(claims.team)' } },
    'shared issuer without tenant': { issuer_id: shared.id, match: { claims: { environment: 'prod' } } },
    'life too short': { token_lifetime_seconds: 59 },
    'life too long': { token_lifetime_seconds: 86_401 },
    'bad name': { name: 'Not A Slug' },
  })) {
    const error = await refusal(rules.create(rule(change)));
    assert.ok(error instanceof Anthropic.BadRequestError, `${what}: ${error}`);
  }

  const { client, sent } = recordingAdmin(world);
  const duplicate = await refusal(client.organization.federation.rules.create(rule({ name: setup.rule.name })));
  assert.ok(duplicate instanceof Anthropic.ConflictError, String(duplicate));
  assert.equal(duplicate.headers.get('x-should-retry'), 'false');
  assert.equal(sent.length, 1, 'a conflict is not tried again');
}

// What an archived rule granted ends with it: stricter than to its expiry.
export async function I23(world) {
  const setup = await world.federation();
  const { client } = world.federated(await setup.config());
  assert.ok(await client.beta.tunnels.list({ limit: 1 }));
  const { issuers, rules } = world.admin.organization.federation;

  const inUse = await refusal(issuers.archive(setup.issuer.id));
  assert.ok(inUse instanceof Anthropic.BadRequestError, String(inUse));
  await rules.archive(setup.rule.id);

  const next = await refusal(world.federated(await setup.config()).client.beta.tunnels.list({ limit: 1 }));
  assert.equal(next.statusCode, 401);
  assert.equal((await world.history(next.requestId))[0].reason, 'rule_archived');
  const old = await refusal(client.beta.tunnels.list({ limit: 1 }));
  assert.equal(old.statusCode ?? old.status, 401);
}

export async function FederatedClientMayNotAdminister(world) {
  const setup = await world.federation();
  const { client } = world.federated(await setup.config());
  assert.ok(await client.beta.tunnels.list({ limit: 1 }), 'it may manage tunnels');

  const { federation, serviceAccounts } = client.organization;
  for (const [what, call] of Object.entries({
    'issuers.list': () => federation.issuers.list(),
    'issuers.retrieve': () => federation.issuers.retrieve(setup.issuer.id),
    'issuers.create': () => federation.issuers.create({ name: unique('sdk'), issuer_url: 'https://x.example.com' }),
    'issuers.update': () => federation.issuers.update(setup.issuer.id, { check_jti: false }),
    'issuers.archive': () => federation.issuers.archive(setup.issuer.id),
    'rules.list': () => federation.rules.list(),
    'rules.update': () => federation.rules.update(setup.rule.id, { oauth_scope: 'org:admin' }),
    'rules.archive': () => federation.rules.archive(setup.rule.id),
    'serviceAccounts.list': () => serviceAccounts.list(),
    'serviceAccounts.create': () => serviceAccounts.create({ name: unique('sdk'), organization_role: 'admin' }),
    'serviceAccounts.archive': () => serviceAccounts.archive(setup.account.id),
  })) {
    const error = await refusal(call());
    assert.ok(error instanceof Anthropic.PermissionDeniedError, `${what}: ${error}`);
    assert.equal(error.errorCode, 'auth.scope', what);
  }
  assert.equal((await world.admin.organization.federation.issuers.retrieve(setup.issuer.id)).check_jti, true);
}

function recordingAdmin(world) {
  const sent = [];
  return { client: new Anthropic({ baseURL: world.url, apiKey: world.adminKey, fetch: recording(sent) }), sent };
}

async function collect(list) {
  const all = [];
  for await (const item of list) all.push(item);
  return all;
}
