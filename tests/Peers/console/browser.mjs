// What the checks in a real browser share: Chromium, an eye for what is wrong with a page, and the report of both.
// From the environment: CULVERT_IDENTITY_URL, CHROMIUM, and SHOTS where screenshots are wanted (their folder).
import { createRequire } from 'node:module';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const { CULVERT_IDENTITY_URL, CHROMIUM: executablePath, SHOTS: shots } = process.env;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
if (shots) mkdirSync(shots, { recursive: true });

export const base = CULVERT_IDENTITY_URL;

/** Pages seen, findings, requests to other hosts, script errors. */
export const report = { pages: [], findings: [], elsewhere: [], errors: [] };

export const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });

/** A new browser profile. Nothing moves, and a wait may last as long as a busy machine needs to draw a large page. */
export async function profile(options) {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, reducedMotion: 'reduce', ...options });
  context.setDefaultTimeout(120_000);
  return context;
}

/** A page in a new browser profile. Only the console and the named hosts are reachable for any request. */
export async function open(colorScheme, ...others) {
  const context = await profile({ colorScheme, viewport: { width: 1360, height: 900 } });
  const page = await context.newPage();
  const known = [base, ...others].map((url) => new URL(url).origin);
  const isOwn = (url) => !others.some((other) => url.startsWith(other));
  await context.route((url) => !known.includes(url.origin), (route) => {
    if (isOwn(route.request().frame().url())) report.elsewhere.push(route.request().url());
    return route.abort();
  });
  page.on('console', message => {
    if (message.type() === 'error' && isOwn(page.url()) && !/status of 4\d\d/.test(message.text())) report.errors.push(message.text());
  });
  return page;
}

/** At the width of a telephone and of a laptop, nothing may be wider than the window: tables scroll inside their frames. */
export async function fits(page, name) {
  await page.waitForLoadState('load'); // what is awaited may be there before the style sheet is
  const size = page.viewportSize();
  for (const width of [390, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    const needed = await page.evaluate(() => document.documentElement.scrollWidth);
    if (needed > width) report.findings.push(`${name}: ${needed} px wide at ${width}`);
  }
  await page.setViewportSize(size);
}

/** A screenshot, if they are wanted. */
export async function keep(page, name, options) {
  if (shots) await page.screenshot({ path: join(shots, `${name}.png`), ...options });
}

export async function look(page, name) {
  await fits(page, name);
  await keep(page, name, { fullPage: true });
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run({ resultTypes: ['violations'] }));
  for (const violation of violations) {
    report.findings.push(`${name}: ${violation.id}: ${violation.nodes.map(node => node.target.join(' ')).join(', ')}`);
  }
  report.pages.push(name);
}
