// Walks the console in a real browser: every page, its main task, both colour schemes, with a checker of accessibility.
// usage: CULVERT_IDENTITY_URL=… CULVERT_ADMIN_KEY_FILE=… CHROMIUM=… SHOTS=folder node walk.mjs
// Prints one JSON object: pages seen, serious findings, requests to anybody else, script errors.
import { createRequire } from 'node:module';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const { CULVERT_IDENTITY_URL: base, CULVERT_ADMIN_KEY_FILE: keyFile, CHROMIUM: executablePath, SHOTS: shots } = process.env;
const key = readFileSync(keyFile, 'utf8').trim();
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
mkdirSync(shots, { recursive: true });

const report = { pages: [], findings: [], elsewhere: [], errors: [] };
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });

async function open(colorScheme) {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, colorScheme, viewport: { width: 1360, height: 900 } });
  const page = await context.newPage();
  page.on('request', request => {
    if (new URL(request.url()).origin !== new URL(base).origin) report.elsewhere.push(request.url());
  });
  page.on('console', message => {
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) report.errors.push(message.text());
  });
  return page;
}

async function look(page, name) {
  await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  for (const violation of violations.filter(one => ['serious', 'critical'].includes(one.impact))) {
    report.findings.push(`${name}: ${violation.id}: ${violation.nodes.map(node => node.target.join(' ')).join(', ')}`);
  }
  report.pages.push(name);
}

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
await page.getByRole('button', { name: 'Make the tunnel' }).click();
await page.getByRole('heading', { name: /Documents/, level: 1 }).waitFor();
await page.getByLabel("Clients' address ranges").fill('not a range');
await page.getByRole('button', { name: 'Save' }).click();
await page.getByRole('alert').waitFor();
await look(page, 'tunnel-refused');
await page.getByLabel("Clients' address ranges").fill('10.0.0.0/8\n192.0.2.0/24');
await page.getByRole('button', { name: 'Save' }).click();
await page.getByRole('status').waitFor();
await page.getByLabel('Reason').first().fill('a walk');
await page.getByRole('button', { name: /^Pause/ }).click();
await page.getByRole('button', { name: /^Resume/ }).waitFor();
await look(page, 'tunnel');
await page.getByRole('button', { name: /^Resume/ }).click();
await page.getByRole('button', { name: /^Pause/ }).waitFor();

await page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: 'Certificate authorities' }).click();
await page.getByRole('link', { name: 'Register an authority' }).click();
await page.getByLabel(/^Name/).fill('issuing-2027');
await look(page, 'authority-new');
await page.getByRole('button', { name: 'Register' }).click();
await page.getByRole('heading', { name: /issuing-2027/, level: 1 }).waitFor();
await page.getByText('BEGIN CERTIFICATE REQUEST').waitFor();
await look(page, 'authority');

for (const path of ['', 'tunnels', 'authorities', 'certificates', 'issuers', 'rules', 'rules/new', 'simulate', 'history', 'audit', 'inventory', 'settings']) {
  await page.goto(`${base}/console/${path}`.replace(/\/$/, ''));
  await look(page, path === '' ? 'overview' : path.replace('/', '-'));
}
await page.getByRole('button', { name: 'Sign out' }).click();
await page.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor();

const dark = await open('dark');
await signIn(dark, 'sign-in-dark');
for (const path of ['', 'certificates', 'audit']) {
  await dark.goto(`${base}/console/${path}`.replace(/\/$/, ''));
  await look(dark, `${path || 'overview'}-dark`);
}
await dark.setViewportSize({ width: 420, height: 850 });
await dark.goto(`${base}/console`);
await look(dark, 'overview-narrow');

await browser.close();
console.log(JSON.stringify(report));
