// The page that shows the API, in a real browser: light and dark, on a telephone and on a laptop.
// usage: CULVERT_IDENTITY_URL=… CHROMIUM=… [SHOTS=folder] node api.mjs
// Prints one JSON object: the report of the pages, and `requests`, `cookies` (what was sent with one), `withoutScript`.
import { base, browser, fits, keep, open, profile, report } from './browser.mjs';

report.requests = [];
report.cookies = [];

async function show(scheme, width) {
  const page = await open(scheme);
  // A browser that is signed in to the console: the page must not use that session.
  await page.context().addCookies([{ name: '__Host-culvert', value: 'a'.repeat(43), url: base, secure: true }]);
  const sent = [];
  page.on('request', (request) => {
    report.requests.push(`${request.method()} ${new URL(request.url()).pathname}`);
    sent.push(request);
  });
  await page.setViewportSize({ width, height: 900 });
  await page.goto(`${base}/docs/api`);
  await page.getByRole('heading', { name: 'Culvert identity service' }).first().waitFor();
  await page.goto(`${base}/docs/api#tag/tunnels/POST/v1/tunnels`);
  await page.getByRole('heading', { name: 'Create a tunnel' }).first().waitFor();
  await keep(page, `api-${scheme}-${width}`);
  await fits(page, `api-${scheme}-${width}`);
  for (const request of sent.filter(one => one.url().includes('/v1/'))) {
    const headers = await request.allHeaders();
    if (headers.cookie || headers.authorization) report.cookies.push(request.url());
  }
  await page.context().close();
}

for (const scheme of ['light', 'dark']) {
  for (const width of [390, 1440]) await show(scheme, width);
}

const context = await profile({ javaScriptEnabled: false });
const plain = await context.newPage();
await plain.goto(`${base}/docs/api`);
await plain.getByRole('link', { name: 'The list of operations' }).click();
report.withoutScript = await plain.getByRole('heading', { level: 1 }).textContent();

await browser.close();
console.log(JSON.stringify(report));
