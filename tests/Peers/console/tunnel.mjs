// The console with a running tunnel, in a real browser: what its agent finds, a person's word for a relying party, and the
// approval of the call "transfer", which the agent has requested.
// usage: CULVERT_IDENTITY_URL=… CULVERT_ADMIN_KEY_FILE=… TUNNEL=tnl_… CHROMIUM=… SHOTS=folder node tunnel.mjs
// Prints one JSON object: the report of the pages, `checks` (by status), `file` (that of an agent), `acknowledged`.
import { readFileSync } from 'node:fs';
import { base, browser, look, open, report } from './browser.mjs';

const { CULVERT_ADMIN_KEY_FILE: keyFile, TUNNEL: tunnel } = process.env;
const key = readFileSync(keyFile, 'utf8').trim();
const page = await open('light');
const headers = { authorization: `Bearer ${key}` };
const party = await page.request.post(`${base}/v1/tunnels/${tunnel}/relying_parties`, { headers, data: { name: 'appliance' } });
if (!party.ok()) throw new Error(await party.text());

await page.goto(`${base}/console/tunnels/${tunnel}`);
await page.getByLabel('Admin key').fill(key);
await page.getByRole('button', { name: 'Sign in with the key' }).click();
const checks = page.getByRole('group', { name: /^Checks of / }).first();
await page.getByRole('heading', { name: 'Agent findings' }).waitFor();
for (const end = Date.now() + 60_000; (await page.locator('summary', { hasText: 'checked' }).count()) === 0 && Date.now() < end; ) {
  await page.waitForTimeout(1000); // the agent says so fifteen seconds after its start
  await page.reload();
}
if (!(await checks.isVisible())) await page.locator('summary', { hasText: 'checked' }).first().click();
report.checks = {};
for (const row of await checks.getByRole('row').filter({ has: page.locator('code') }).all()) {
  const [found, id] = [await row.getByRole('cell').first().textContent(), await row.locator('code').textContent()];
  report.checks[id] = found.trim().split(/\s+/).pop();
}
await look(page, 'tunnel-doctor');

await page.goto(`${base}/console/tunnels/${tunnel}/traffic`);
await page.getByRole('link', { name: 'Last 3 hours' }).click();
await page.getByRole('link', { name: 'Renew every 30 seconds' }).click();
await page.getByRole('link', { name: 'Stop' }).waitFor();
await look(page, 'tunnel-traffic');
await page.getByRole('link', { name: 'Stop' }).click();

await page.goto(`${base}/console/tunnels/${tunnel}/agent`);
report.file = await page.getByLabel("The agent's configuration").textContent();
await page.goto(`${base}/console/edges`);
await page.getByRole('row', { name: /active/ }).first().waitFor();
await page.locator('summary', { hasText: 'Change' }).first().click();
await page.locator('summary', { hasText: 'Drain' }).first().click();
await look(page, 'edges-second-step');

const authorities = await page.request.get(`${base}/v1/certificate_authorities?tunnel_id=${tunnel}`, { headers });
const active = (await authorities.json()).data.find(authority => authority.state === 'active');
await page.goto(`${base}/console/authorities/${active.id}`);
await page.locator('summary', { hasText: 'Change appliance' }).click();
await look(page, 'authority-relying-parties');
await page.getByRole('button', { name: /^Confirm: I checked/ }).click();
await page.getByRole('status').waitFor();
const shown = await page.request.get(`${base}/v1/tunnels/${tunnel}/relying_parties/${(await party.json()).id}`, { headers });
report.acknowledged = (await shown.json()).acknowledged_epoch;
await look(page, 'authority-acknowledged');

await page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: 'Approvals of calls' }).click();
const call = page.getByRole('region', { name: /^transfer / });
await call.locator('summary', { hasText: 'Identifiers' }).click();
await look(page, 'approvals-waiting');
await call.locator('summary', { hasText: 'Reject the call' }).click();
await look(page, 'approvals-second-step');
await call.getByLabel('Reason', { exact: true }).fill('a walk');
await call.getByRole('button', { name: /^Approve/ }).click();
await page.getByRole('status').waitFor();
await page.getByRole('row', { name: /transfer/ }).getByText('a walk').waitFor();
await look(page, 'approvals-decided');

await browser.close();
console.log(JSON.stringify(report));
