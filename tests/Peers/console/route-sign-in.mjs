// A person signs in to a route in a real browser, for two clients at the same time. As many clients do, they send the browser
// on when it comes back to them: to another page, which says that it may be closed.
// usage: CULVERT_IDENTITY_URL=… ISSUER=… CLIENT_ID=… RESOURCE=… IDP=… PERSON=… CHROMIUM=… node route-sign-in.mjs
// Prints one JSON object: the report of the pages, and the answers to the clients (`answers`).
import { createServer } from 'node:http';
import { browser, look, open, report } from './browser.mjs';

const { ISSUER: issuer, CLIENT_ID: client, RESOURCE: resource, IDP: idp, PERSON: person } = process.env;
const answers = [];
const done = await listen((_request, answer) => answer.end('This page may be closed.'));
const callback = await listen((request, answer) => {
  answers.push(Object.fromEntries(new URL(request.url, 'http://127.0.0.1').searchParams));
  answer.writeHead(302, { location: done }).end();
});

const first = await open('light', idp, callback, done);
const tabs = [first, await first.context().newPage()];
for (const tab of tabs) {
  await tab.goto(`${issuer}/authorize?${new URLSearchParams({
    response_type: 'code',
    client_id: client,
    redirect_uri: `${callback}/callback`,
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    resource,
  })}`);
  if (await tab.locator('input[name=login]').count()) {
    await tab.locator('input[name=login]').fill(person);
    await tab.locator('input[name=password]').fill('anything');
    await tab.locator('button[type=submit]').click();
    await tab.waitForURL((url) => url.origin === new URL(idp).origin);
    await tab.locator('button[type=submit]').click();
  }
  await tab.getByRole('button', { name: 'Allow' }).waitFor();
}
await look(tabs[0], 'route-consent');
for (const tab of tabs) {
  await tab.getByRole('button', { name: 'Allow' }).click();
  await tab.getByText('This page may be closed.').waitFor();
}

// The person is known to the identity provider now, and sees their own connections without another step.
await first.goto(`${issuer}/connections`);
await first.getByRole('heading', { name: 'My connections', level: 1 }).waitFor();
await look(first, 'my-connections');

await browser.close();
console.log(JSON.stringify({ ...report, answers }));
process.exit(0);

function listen(handler) {
  return new Promise((resolve) => {
    const server = createServer(handler).listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}`));
  });
}
