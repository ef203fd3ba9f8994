// A page opens the sign-in to a route in a popup, as clients in a browser do. The client's callback, in the popup, gives the code
// to the page that opened it.
// usage: CULVERT_IDENTITY_URL=… ISSUER=… CLIENT_ID=… RESOURCE=… IDP=… PERSON=… CHROMIUM=… node popup-sign-in.mjs
// Prints one JSON object: the report of the pages, and what the opener was given (`answer`).
import { createServer } from 'node:http';
import { browser, open, report } from './browser.mjs';

const { ISSUER: issuer, CLIENT_ID: client, RESOURCE: resource, IDP: idp, PERSON: person } = process.env;
const own = await listen((request, answer) => {
  answer.setHeader('content-type', 'text/html');
  answer.end(request.url.startsWith('/callback') ? callbackPage() : openerPage());
});

const page = await open('light', idp, own);
await page.goto(own);
const [popup] = await Promise.all([page.waitForEvent('popup'), page.getByRole('button').click()]);
await popup.locator('input[name=login]').fill(person);
await popup.locator('input[name=password]').fill('anything');
await popup.locator('button[type=submit]').click();
await popup.waitForURL((url) => url.origin === new URL(idp).origin);
await popup.locator('button[type=submit]').click();
await popup.getByRole('button', { name: 'Allow' }).click();
// The callback closes the popup, or says that it has no opener.
await Promise.race([
  page.waitForFunction(() => globalThis.given !== undefined),
  popup.getByText('No opener').waitFor().catch(() => page.waitForFunction(() => globalThis.given !== undefined)),
]);
const answer = await page.evaluate(() => globalThis.given ?? { error: 'the callback has no opener' });

await browser.close();
console.log(JSON.stringify({ ...report, answer }));
process.exit(0);

function openerPage() {
  const url = `${issuer}/authorize?${new URLSearchParams({
    response_type: 'code',
    client_id: client,
    redirect_uri: `${own}/callback`,
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    resource,
  })}`;
  return `<!doctype html><link rel=icon href=data:><button>Sign in</button><script>
    addEventListener('message', (message) => { if (message.origin === location.origin) globalThis.given = message.data; });
    document.querySelector('button').onclick = () => window.open(${JSON.stringify(url)}, 'sign-in', 'popup,width=600,height=700');
  </script>`;
}

function callbackPage() {
  return `<!doctype html><link rel=icon href=data:><p></p><script>
    if (window.opener) {
      window.opener.postMessage(Object.fromEntries(new URLSearchParams(location.search)), location.origin);
      window.close();
    } else {
      document.querySelector('p').textContent = 'No opener';
    }
  </script>`;
}

function listen(handler) {
  return new Promise((resolve) => {
    const server = createServer(handler).listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}`));
  });
}
