// An unmodified undici client behind the CONNECT ingress: one MCP initialize, its answer on standard output.
// usage: node connect.mjs PROXY_URL URL TOKEN PROXY_CA CERTIFICATE KEY BUNDLE
import { readFileSync } from "node:fs";
import { ProxyAgent, fetch } from "undici";

const [proxy, url, token, proxyCa, certificate, key, bundle] = process.argv.slice(2);
const read = (file) => readFileSync(file, "utf8");
const dispatcher = new ProxyAgent({
  uri: proxy,
  proxyTls: { ca: read(proxyCa), cert: read(certificate), key: read(key) },
  requestTls: { ca: read(bundle) },
});
const answer = await fetch(url, {
  dispatcher,
  method: "POST",
  headers: {
    authorization: `Bearer ${token}`,
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
  },
  body: JSON.stringify({
    jsonrpc: "2.0",
    id: 1,
    method: "initialize",
    params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "undici", version: "1" } },
  }),
});
console.log(answer.status, await answer.text());
await dispatcher.close();
