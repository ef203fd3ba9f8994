// I03, I06, I19, I20: several workspaces, a token that is taken back, and answers that never arrive.
import assert from 'node:assert/strict';
import { Anthropic, recording, refusal, unique } from './world.mjs';

export async function I03(world) {
  const [first, second] = [await workspace(world), await workspace(world)];
  const setup = await world.federation();
  const { workspaces } = world.admin.organization.federation.rules;
  for (const id of [first, second]) {
    await workspaces.add(setup.rule.id, { workspace_id: id });
    await world.admin.organization.workspaces.serviceAccounts.add(id, {
      service_account_id: setup.account.id,
      workspace_role: 'workspace_developer',
    });
  }
  const exchange = async (workspaceId) =>
    world.exchange({
      ...world.assertionBody(setup, await setup.mint()),
      ...(workspaceId !== undefined && { workspace_id: workspaceId }),
    });

  // With the default workspace among them, that is what an unnamed one means.
  assert.equal((await exchange(undefined)).headers.get('anthropic-workspace-id'), world.workspaceId);
  assert.equal((await exchange('default')).headers.get('anthropic-workspace-id'), world.workspaceId);
  await workspaces.remove(world.workspaceId, { federation_rule_id: setup.rule.id });

  const unnamed = await exchange(undefined);
  assert.equal(unnamed.status, 401, unnamed.text);
  const [entry] = await world.history(unnamed.headers.get('request-id'));
  assert.equal(entry.reason, 'workspace_id_required');
  assert.equal((await exchange('default')).status, 401);
  assert.equal((await exchange(second)).headers.get('anthropic-workspace-id'), second);
  const malformed = await exchange('wrkspc_');
  assert.equal(malformed.status, 400);
  assert.match(malformed.json.error.message, /workspace_id/);
}

export async function I06(world) {
  const setup = await world.federation({ issuer: { check_jti: false } });
  const { client, sent } = world.federated(await setup.config());
  await client.beta.tunnels.list({ limit: 1 });
  const token = sent.at(-1).headers.get('authorization').slice('Bearer '.length);

  const revoked = await fetch(`${world.url}/v1/oauth/revoke`, {
    method: 'POST',
    body: new URLSearchParams({ token, client_id: setup.rule.id }),
  });
  assert.equal(revoked.status, 200, await revoked.text());
  sent.length = 0;
  assert.ok((await client.beta.tunnels.list({ limit: 1 })).data);

  assert.deepEqual(
    sent.map((r) => `${r.path} ${r.status}`),
    ['/v1/tunnels 401', '/v1/oauth/token 200', '/v1/tunnels 200'],
  );
  assert.equal(sent.at(-1).headers.get('x-stainless-retry-count'), '1');
}

export async function I19(world) {
  const setup = await world.federation();
  const { client } = world.federated(await setup.config());
  const list = (workspaceId) =>
    client.beta.tunnels.list({ limit: 1 }, { headers: { 'anthropic-workspace-id': workspaceId } });

  assert.ok((await list(world.workspaceId)).data);
  const own = await refusal(list(await workspace(world)));
  const unknown = await refusal(list('wrkspc_010000000000000000000000'));
  assert.ok([403, 404].includes(own.status), String(own));
  // Callers that are not members must not learn whether it exists.
  assert.deepEqual([own.status, own.errorCode], [unknown.status, unknown.errorCode]);
}

export async function I20(world) {
  const sent = [];
  const real = recording(sent);
  let dropped = 0;
  const client = new Anthropic({
    baseURL: world.url,
    apiKey: world.adminKey,
    fetch: async (url, init) => {
      const response = await real(url, init);
      if (init.method?.toUpperCase() === 'POST' && dropped++ === 0) throw new TypeError('the answer was lost');
      return response;
    },
  });
  const name = unique('sdk');

  const tunnel = await client.beta.tunnels.create({ display_name: name });
  world.later(() => world.admin.beta.tunnels.archive(tunnel.id));

  assert.deepEqual(sent.map((r) => r.headers.get('x-stainless-retry-count')), ['0', '1']);
  const named = [];
  for await (const item of world.admin.beta.tunnels.list({ limit: 100 })) if (item.display_name === name) named.push(item.id);
  assert.deepEqual(named, [tunnel.id]);
}

async function workspace(world) {
  const created = await world.raw('POST', '/v1/organizations/workspaces', { body: { name: unique('sdk') } });
  assert.equal(created.status, 200, created.text);
  return created.json.id;
}
