// What the unmodified npm `jose` says of tokens and key sets. One JSON object per line in, one per line out, same order:
//   {"token":BASE64,"keySet":BASE64,"typ":TYP|null}   → {"accepted":true} | {"accepted":false,"reason":CODE}
//   {"make":{"alg":ALG,"claims":{…}}}                 → {"token":TEXT,"keySet":TEXT,"thumbprint":TEXT}
//   {"proof":{"alg":ALG,"claims":{…}}}                → {"token":TEXT,"thumbprint":TEXT}
import { createInterface } from 'node:readline';
import * as jose from 'jose';

const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'];
// A fixed clock: times in claims must not decide here.
const currentDate = new Date('2026-01-01T00:00:00Z');

async function judge({ token, keySet, typ }) {
  try {
    const keys = jose.createLocalJWKSet(JSON.parse(Buffer.from(keySet, 'base64').toString('utf8')));
    await jose.jwtVerify(new Uint8Array(Buffer.from(token, 'base64')), keys, { algorithms, currentDate, typ: typ ?? undefined });
    return { accepted: true };
  } catch (error) {
    return { accepted: false, reason: typeof error.code === 'string' ? error.code : error.name };
  }
}

async function pair(alg) {
  const { publicKey, privateKey } = await jose.generateKeyPair(alg, { extractable: true });
  const jwk = await jose.exportJWK(publicKey);
  return { jwk, privateKey, thumbprint: await jose.calculateJwkThumbprint(jwk) };
}

async function make({ alg, claims }) {
  const { jwk, privateKey, thumbprint } = await pair(alg);
  const token = await new jose.SignJWT(claims).setProtectedHeader({ alg, typ: 'JWT', kid: 'k' }).sign(privateKey);
  return { token, keySet: JSON.stringify({ keys: [{ ...jwk, kid: 'k', alg, use: 'sig' }] }), thumbprint };
}

async function prove({ alg, claims }) {
  const { jwk, privateKey, thumbprint } = await pair(alg);
  const token = await new jose.SignJWT(claims).setProtectedHeader({ typ: 'dpop+jwt', alg, jwk }).sign(privateKey);
  return { token, thumbprint };
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  const answer = request.make ? await make(request.make) : request.proof ? await prove(request.proof) : await judge(request);
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
