// People sign in to the console at oidc-provider, in a real browser: one whose group has a role, one whose group has none,
// and one in whose browser the session of an admin key is open.
// usage: CULVERT_IDENTITY_URL=… CULVERT_ADMIN_KEY_FILE=… IDP=… KNOWN=person UNKNOWN=person CHROMIUM=… SHOTS=folder node sign-in.mjs
// Prints one JSON object: the report of the pages, and `standing`, `maySteer`, `afterwards`, `refused`, `stranger`,
// `asked`, `answered`.
import { readFileSync } from 'node:fs';
import { base, browser, look, open, report } from './browser.mjs';

const { IDP: idp, KNOWN: known, UNKNOWN: unknown } = process.env;

/** From the console's own page to the provider's. */
async function signIn(page, person) {
  await page.goto(`${base}/console/tunnels`);
  await page.getByRole('link', { name: /^Sign in with/ }).click();
  await atProvider(page, person);
}

/** Through the provider's two forms: name, consent. */
async function atProvider(page, person) {
  await page.locator('input[name=login]').fill(person);
  await page.locator('input[name=password]').fill('anything');
  await page.locator('button[type=submit]').click();
  await page.waitForURL(url => url.origin === new URL(idp).origin);
  await page.locator('button[type=submit]').click();
  await page.waitForURL(url => url.origin === new URL(base).origin);
}

const title = page => page.getByRole('heading', { level: 1 }).textContent();

const page = await open('light', idp);
await signIn(page, known);
report.landed = new URL(page.url()).pathname;
report.maySteer = await page.getByRole('button', { name: 'Create tunnel' }).isVisible();
await page.goto(`${base}/console`);
report.overview = await title(page);
report.standing = (await page.locator('.who').first().innerText()).replace(/\s+/g, ' ');
await look(page, 'overview-by-provider');
await page.goto(`${base}/console/authorities`);
report.mayRegister = await page.getByRole('link', { name: 'Register an authority' }).isVisible();
await page.getByRole('button', { name: 'Sign out' }).click();
await page.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor();
await page.goto(`${base}/console`);
report.afterwards = await title(page);

const other = await open('light', idp);
await signIn(other, unknown);
report.refused = await other.getByRole('alert').innerText();
await look(other, 'no-role');
await other.goto(`${base}/console`);
report.stranger = await title(other);

const keyHolder = await open('light', idp);
await keyHolder.goto(`${base}/console`);
await keyHolder.getByLabel('Admin key').fill(readFileSync(process.env.CULVERT_ADMIN_KEY_FILE, 'utf8').trim());
await keyHolder.getByRole('button', { name: 'Sign in with the key' }).click();
await keyHolder.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
await keyHolder.goto(`${base}/console/sign-in/provider?next=/console/tunnels`);
await atProvider(keyHolder, known);
report.asked = await title(keyHolder);
await look(keyHolder, 'key-owner');
await keyHolder.getByRole('button', { name: 'No, it is not my key' }).click();
await keyHolder.getByRole('button', { name: 'Create tunnel' }).waitFor();
report.answered = (await keyHolder.locator('.who').first().innerText()).replace(/\s+/g, ' ');

await browser.close();
console.log(JSON.stringify(report));
