// Walks the console in a real browser: every page, its main task, both colour schemes, with a checker of accessibility.
// usage: CULVERT_IDENTITY_URL=… CULVERT_ADMIN_KEY_FILE=… CLIENT_CA_PEM=… CHROMIUM=… SHOTS=folder node walk.mjs
// Prints one JSON object: pages seen, findings, requests to other hosts, script errors.
import { readFileSync } from 'node:fs';
import { base, browser, fits, look, open, report } from './browser.mjs';

const key = readFileSync(process.env.CULVERT_ADMIN_KEY_FILE, 'utf8').trim();

async function signIn(page, name) {
  await page.goto(`${base}/console`);
  if (name) await look(page, name);
  await page.getByLabel('Admin key').fill(key);
  await page.getByRole('button', { name: 'Sign in with the key' }).click();
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
}

const page = await open('light');
await signIn(page, 'sign-in');

// By keyboard: the first stop is the way past the navigation.
await page.keyboard.press('Tab');
if ((await page.locator(':focus').textContent()) !== 'Skip to content') report.findings.push('the skip link is not first');

await page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: 'Tunnels' }).click();
await page.getByLabel('Name').fill('Documents');
await page.getByRole('button', { name: 'Create tunnel' }).click();
await page.getByRole('heading', { name: /Documents/, level: 1 }).waitFor();
await page.getByLabel("Clients' address ranges").fill('not a range');
await page.getByRole('button', { name: 'Save' }).click();
await page.getByRole('alert').waitFor();
await look(page, 'tunnel-refused');
await page.getByLabel("Clients' address ranges").fill('10.0.0.0/8\n192.0.2.0/24');
await page.getByRole('button', { name: 'Save' }).click();
await page.getByRole('status').waitFor();
await page.locator('summary', { hasText: 'Pause' }).click();
await look(page, 'tunnel-second-step');
await page.getByLabel(/^Reason/).first().fill('a walk');
await page.getByRole('button', { name: /^Pause/ }).click();
await page.getByRole('button', { name: /^Resume/ }).waitFor();
await look(page, 'tunnel');
await page.getByRole('button', { name: /^Resume/ }).click();
await page.locator('summary', { hasText: 'Pause' }).waitFor();

const tunnel = page.url().split('?')[0];
await page.goto(`${tunnel}/hostnames`);
await page.getByRole('textbox', { name: 'Name' }).fill('not a name');
await page.getByRole('button', { name: 'Claim' }).click();
await page.getByRole('alert').waitFor();
await look(page, 'hostnames-refused');
await page.getByRole('textbox', { name: 'Name' }).fill('mcp.corp.internal');
await page.getByRole('button', { name: 'Claim' }).click();
await page.getByText('_culvert.mcp.corp.internal. 300 IN TXT').waitFor();
await page.locator('summary', { hasText: 'Change mcp.corp.internal' }).click();
await look(page, 'hostnames');
await page.locator('summary', { hasText: 'Release' }).click();
await page.getByRole('button', { name: /^Release/ }).click();
await page.getByText('It has only its own domain.').waitFor();

await page.goto(tunnel);
await page.getByRole('link', { name: 'what may be called through its routes' }).click();
await page.getByRole('heading', { name: 'Policies of routes', level: 1 }).waitFor();
await look(page, 'policies-empty');
const domain = (await page.getByRole('textbox', { name: /^Hostname/ }).getAttribute('placeholder')).replace(/^docs\./, '');
await page.getByRole('textbox', { name: /^Hostname/ }).fill(`wiki.${domain}`);
await page.getByRole('textbox', { name: /^Policy/ }).fill('mode: strict\nrule: []\n');
await page.getByRole('button', { name: 'Save draft' }).click();
await page.getByRole('heading', { name: '2 errors' }).waitFor();
await look(page, 'policies-refused');
await page.getByRole('textbox', { name: /^Policy/ }).fill('mode: enforce\nrules:\n  - {name: readers, effect: allow, tools: [search]}\n');
await page.getByRole('textbox', { name: /^Comment/ }).fill('search for readers');
await page.getByRole('button', { name: 'Save draft' }).click();
await page.getByRole('heading', { name: /Version 1/, level: 1 }).waitFor();
await page.getByText('Another person must approve it.').waitFor();
await look(page, 'policy-version');
await page.getByRole('button', { name: /^Withdraw/ }).click();
await page.getByRole('heading', { name: /withdrawn/, level: 1 }).waitFor();
await page.goto(`${tunnel}/policies/wiki.${domain}`);
await look(page, 'policy');

await page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: 'Service accounts' }).click();
await page.getByRole('textbox', { name: /^Name/ }).fill('builds');
await page.getByRole('textbox', { name: 'Description' }).fill('Continuous integration');
await look(page, 'service-accounts');
await page.getByRole('button', { name: 'Create' }).click();
await page.getByRole('heading', { name: /builds/, level: 1 }).waitFor();
await page.getByRole('textbox', { name: 'Description' }).fill('Continuous integration of the main branch');
await page.getByRole('button', { name: 'Save' }).click();
await page.getByRole('status').waitFor();
await look(page, 'service-account');
await page.locator('summary', { hasText: 'Archive' }).click();
await page.getByLabel(/^Reason/).fill('a walk');
await page.getByRole('button', { name: 'Archive' }).click();
await page.getByRole('heading', { name: /archived/, level: 1 }).waitFor();

await page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: 'OAuth clients' }).click();
await page.getByRole('textbox', { name: /^Name/ }).fill('Assistant');
await page.getByRole('textbox', { name: /^Redirect URIs/ }).fill('http://127.0.0.1/callback');
await page.getByRole('button', { name: 'Create client' }).click();
await page.getByRole('heading', { name: /Assistant/, level: 1 }).waitFor();
await look(page, 'oauth-client');
await page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: 'OAuth clients' }).click();
await look(page, 'oauth-clients');

// A connection: refused, created; the page shows the redirect URI and never the secret.
await page.goto(`${base}/console/connections/new`);
await page.getByRole('textbox', { name: /^Name/ }).fill('Vendor');
await page.getByLabel('Tunnel', { exact: true }).selectOption({ label: 'Documents' });
await page.getByRole('textbox', { name: /^Route/ }).fill('vendor');
await page.getByRole('textbox', { name: /^Authorization endpoint/ }).fill('https://vendor.example.com/authorize');
await page.getByRole('textbox', { name: /^Token endpoint/ }).fill('http://vendor.example.com/token');
await page.getByRole('textbox', { name: /^Client ID/ }).fill('culvert');
await page.getByLabel('Authentication', { exact: true }).selectOption('client_secret_basic');
await page.getByLabel(/^Client secret/).fill('the secret of a walk');
await page.getByRole('textbox', { name: /^Scopes/ }).fill('files.read');
await page.getByRole('button', { name: 'Create' }).click();
await page.getByRole('alert').waitFor();
await look(page, 'connection-new-refused');
await page.getByRole('textbox', { name: /^Token endpoint/ }).fill('https://vendor.example.com/token');
await page.getByLabel(/^Client secret/).fill('the secret of a walk');
await page.getByRole('button', { name: 'Create' }).click();
await page.getByText('Enter this redirect URI').waitFor();
if ((await page.content()).includes('the secret of a walk')) report.findings.push('the page of a connection shows its secret');
await look(page, 'connection');
const connection = page.url().split('?')[0];
await page.getByRole('textbox', { name: /^Name/ }).fill('Vendor of files');
await page.getByRole('button', { name: 'Save' }).click();
await page.getByRole('heading', { name: /Vendor of files/, level: 1 }).waitFor();
await page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: 'Connections' }).click();
await page.getByRole('link', { name: 'Vendor of files' }).waitFor();
await look(page, 'connections');

// An issuer whose keys are written down, an account, and a rule for the tunnel's agents: linted, tried, saved, edited.
const jwk = { kty: 'EC', crv: 'P-256', kid: 'key-1', alg: 'ES256', x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU', y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0' };
await page.goto(`${base}/console/issuers/new`);
await page.getByRole('textbox', { name: 'Name' }).fill('machines');
await page.getByRole('textbox', { name: /^Issuer/ }).fill('https://machines.example.com');
await page.getByLabel('Source of the keys').selectOption('inline');
await page.getByLabel(/^Public keys/).fill(JSON.stringify([jwk]));
await page.getByRole('button', { name: 'Register' }).click();
await page.getByRole('heading', { name: /machines/, level: 1 }).waitFor();
await page.goto(`${base}/console/people`);
await page.locator('summary', { hasText: 'Off-board a person' }).click();
await page.getByLabel('Identity provider').selectOption({ label: 'machines' });
await page.getByRole('textbox', { name: /^Subject/ }).fill('ada');
await page.getByLabel(/^Reason/).fill('a walk');
await page.getByRole('button', { name: 'Off-board a person' }).click();
await page.getByRole('heading', { name: 'The person is off-boarded' }).waitFor();
await look(page, 'people');
await page.goto(`${base}/console/service-accounts`);
await page.getByRole('textbox', { name: /^Name/ }).fill('agents');
await page.getByRole('button', { name: 'Create' }).click();
await page.getByRole('heading', { name: /agents/, level: 1 }).waitFor();
await page.goto(`${tunnel}/traffic`);
await page.getByText('No agent reported a call').waitFor();
await look(page, 'tunnel-traffic-empty');
await page.goto(`${tunnel}/agent`);
await look(page, 'agent-token');
await page.getByRole('link', { name: 'Write one' }).click();
await page.getByRole('textbox', { name: 'Name' }).fill('documents-agents');
await page.getByLabel('Issuer', { exact: true }).selectOption({ label: 'machines (https://machines.example.com)' });
await page.getByLabel('Service account', { exact: true }).selectOption({ label: 'agents' });
await page.getByLabel(/^Subject, or/).fill('agent-*');
await page.getByRole('button', { name: 'Lint' }).click();
await page.locator('#preview [role=status]').waitFor();
await look(page, 'rule-new-linted');
const claims = { iss: 'https://machines.example.com', sub: 'agent-1', aud: base, exp: 4102444800, iat: 1767225600 };
await page.getByLabel(/^Claims of a token/).fill(JSON.stringify(claims, null, 2));
await page.getByRole('button', { name: 'Simulate' }).click();
await page.locator('#decision').waitFor();
await look(page, 'rule-new-simulated');
await page.getByRole('button', { name: 'Save' }).click();
await page.getByRole('heading', { name: /documents-agents/, level: 1 }).waitFor();
await look(page, 'rule');
await page.getByRole('link', { name: 'Edit', exact: true }).click();
await page.getByText('Binding, expiry, edges, actors').click();
await page.getByLabel(/^The rule expires/).fill('tomorrow');
await page.getByRole('button', { name: 'Save' }).click();
await page.getByRole('alert').waitFor();
await look(page, 'rule-edit-refused');
await page.getByText('Binding, expiry, edges, actors').click();
await page.getByLabel(/^The rule expires/).fill('2099-12-31T00:00:00Z');
await page.getByLabel('State', { exact: true }).selectOption('enforce');
await page.getByRole('textbox', { name: /^Reason/ }).fill('a walk');
await page.getByRole('button', { name: 'Save' }).click();
await page.getByRole('heading', { name: /enforce/, level: 1 }).waitFor();
await page.goto(`${tunnel}/agent`);
await page.getByLabel(/^Name of the server/).fill('docs');
await page.getByRole('button', { name: 'Show file' }).click();
await page.getByText('rule_id:').waitFor();
await look(page, 'agent');

await page.goto(`${base}/console/webhooks`);
await look(page, 'webhooks');
await page.getByRole('textbox', { name: /^Address/ }).fill('http://hooks.example.com');
await page.getByRole('button', { name: 'Create webhook' }).click();
await page.getByRole('alert').waitFor();
await look(page, 'webhooks-refused');

// An edge: refused, registered, a rule for it, its file; then the tunnel is pinned to it.
await page.goto(`${base}/console/edges`);
await look(page, 'edges');
await page.getByRole('textbox', { name: /^Name/ }).fill('edge-walk');
await page.getByLabel(/^Addresses for agents/).fill('edge-walk.example.com');
await page.getByRole('button', { name: 'Register' }).click();
await page.getByRole('alert').waitFor();
await look(page, 'edges-refused');
await page.getByLabel(/^Addresses for agents/).fill('edge-walk.example.com:7844');
await page.getByLabel(/^DNS names in its certificate/).fill('edge-walk.example.com');
await page.getByRole('button', { name: 'Register' }).click();
await page.getByRole('heading', { name: /edge-walk/, level: 1 }).waitFor();
await look(page, 'edge-without-rule');
const edge = page.url().split('?')[0];
await page.getByRole('link', { name: 'Write one' }).click();
await page.getByRole('textbox', { name: 'Name' }).fill('edge-walk');
await page.getByLabel('Issuer', { exact: true }).selectOption({ label: 'machines (https://machines.example.com)' });
await page.getByLabel('Service account', { exact: true }).selectOption({ label: 'agents' });
await page.getByLabel(/^Subject, or/).fill('edge-walk');
await look(page, 'rule-new-edge');
await page.getByRole('button', { name: 'Save' }).click();
await page.getByRole('heading', { name: /edge-walk/, level: 1 }).waitFor();
await page.goto(edge);
await page.getByText('edge_id:').waitFor();
await page.goto(tunnel);
await page.getByText('Choose its edges').click();
await page.getByRole('checkbox', { name: 'edge-walk' }).check();
await look(page, 'tunnel-edges');
await page.locator(`form[action$="/edges"]`).getByRole('button', { name: 'Save' }).click();
await page.getByRole('cell', { name: 'pinned' }).waitFor();
await page.goto(edge);
await page.getByRole('link', { name: 'Documents' }).waitFor();
await look(page, 'edge');

await page.goto(`${tunnel}/clients`);
await page.getByLabel(/^Its certificate, in PEM/).fill('not a certificate');
await page.getByLabel('Allowed names').fill('uri:spiffe://example.com/products/*');
await page.getByRole('button', { name: 'Add' }).click();
await page.getByRole('alert').waitFor();
await look(page, 'clients-refused');
await page.getByLabel(/^Its certificate, in PEM/).fill(process.env.CLIENT_CA_PEM);
await page.getByRole('button', { name: 'Add' }).click();
await page.getByRole('rowheader', { name: /products/ }).waitFor();
await page.locator('summary', { hasText: 'Change clca_' }).click();
await page.locator('summary', { hasText: 'Remove' }).click();
await look(page, 'clients');
await page.getByLabel(/^Reason/).fill('a walk');
await page.getByRole('button', { name: 'Remove' }).click();
await page.getByText('Done. What is shown below').waitFor();

await page.goto(`${base}/console/tokens`);
await page.getByRole('button', { name: 'Show tokens' }).click();
await page.locator('#token-list').waitFor();
await page.locator('summary', { hasText: 'Of a service account' }).click();
await page.locator('form[action$="/service-account"]').getByLabel(/^Reason/).fill('a walk');
await page.locator('form[action$="/service-account"]').getByRole('button').click();
await page.getByRole('rowheader', { name: /^Service account/ }).waitFor();
await page.locator('summary', { hasText: 'Of a rule' }).click();
await page.locator('summary', { hasText: 'Of an issuer' }).click();
await look(page, 'tokens');

await page.goto(`${base}/console/organizations`);
await page.getByRole('textbox', { name: 'Name' }).fill('Branch');
await page.getByRole('button', { name: 'Create' }).click();
await page.getByText('culvert admin-key create NAME').waitFor();
await look(page, 'organizations-made');
await page.locator('summary', { hasText: 'Change Branch' }).click();
await page.locator('summary', { hasText: 'Archive' }).click();
await look(page, 'organizations');
await page.getByRole('button', { name: 'Archive' }).click();
await page.getByText('Done. What is shown below').waitFor();

await page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: 'Certificate authorities' }).click();
await page.getByRole('link', { name: 'Register an authority' }).click();
await page.getByLabel(/^Name/).fill('issuing-2027');
await look(page, 'authority-new');
await page.getByRole('button', { name: 'Register' }).click();
await page.getByRole('heading', { name: /issuing-2027/, level: 1 }).waitFor();
await page.getByText('BEGIN CERTIFICATE REQUEST').waitFor();
await look(page, 'authority');

for (const path of ['', 'tunnels', 'authorities', 'certificates', 'issuers', 'issuers/new', 'rules', 'rules/new', 'service-accounts', 'simulate', 'history', 'audit', 'inventory', 'approvals', 'jobs', 'settings']) {
  await page.goto(`${base}/console/${path}`.replace(/\/$/, ''));
  await look(page, path === '' ? 'overview' : path === 'service-accounts' ? 'service-accounts-archived' : path.replace('/', '-'));
}
const dark = await open('dark');
await signIn(dark, 'sign-in-dark');
await page.getByRole('searchbox', { name: 'Find anything' }).fill('docu');
await page.keyboard.press('Enter');
await page.getByRole('link', { name: 'Documents', exact: true }).first().waitFor();
await look(page, 'search');
await page.getByRole('searchbox', { name: 'Find anything' }).fill('nothing-has-this-name');
await page.keyboard.press('Enter');
await page.getByText('Nothing that you may read has it').waitFor();
await look(page, 'search-empty');
await page.getByRole('searchbox', { name: 'Find anything' }).fill(tunnel.split('/').pop());
await page.keyboard.press('Enter');
await page.getByRole('heading', { name: /Documents/, level: 1 }).waitFor();
if (page.url() !== tunnel) report.findings.push(`the id of a tunnel leads to ${page.url()}`);

await page.goto(`${base}/console/audit`);
await page.getByLabel('Event', { exact: true }).fill('tunnel_*');
await page.getByRole('button', { name: 'Search' }).click();
await page.getByLabel('Name of this filter').fill('changes of tunnels');
await look(page, 'audit-filter');
await page.getByRole('button', { name: 'Save filter' }).click();
await page.goto(`${base}/console/audit`);
await page.getByRole('link', { name: 'changes of tunnels' }).click();
await page.getByText('tunnel created').first().waitFor();
await look(page, 'audit-filtered');
await dark.goto(page.url());
await look(dark, 'audit-filtered-dark');
await dark.goto(`${base}/console/search?q=docu`);
await look(dark, 'search-dark');
await page.getByRole('button', { name: /^Forget/ }).click();
await page.getByRole('link', { name: 'changes of tunnels' }).waitFor({ state: 'detached' });

await page.goto(`${base}/docs/`);
const documents = await page.locator('main a[href^="/docs/"]').evaluateAll(links => [...new Set(links.map(link => link.pathname))]);
for (const path of documents) {
  await page.goto(`${base}${path}`);
  await fits(page, path);
}
report.documents = documents.length;
await page.goto(`${base}/console`);
await page.getByRole('button', { name: 'Sign out' }).click();
await page.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor();

for (const path of ['', 'certificates', 'audit', 'approvals', 'rules/new', 'connections/new', 'webhooks', 'edges', 'tokens', 'organizations', 'settings']) {
  await dark.goto(`${base}/console/${path}`.replace(/\/$/, ''));
  await look(dark, `${path.replace('/', '-') || 'overview'}-dark`);
}
for (const [name, address] of [['tunnel', tunnel], ['agent', `${tunnel}/agent`], ['traffic', `${tunnel}/traffic`], ['clients', `${tunnel}/clients`], ['edge', edge], ['connection', connection]]) {
  await dark.goto(address);
  await look(dark, `${name}-dark`);
}
await dark.setViewportSize({ width: 420, height: 850 });
await dark.goto(`${base}/console`);
await look(dark, 'overview-narrow');

await browser.close();
console.log(JSON.stringify(report));
