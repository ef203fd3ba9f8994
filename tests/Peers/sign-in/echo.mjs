// A call of the tool `echo` with nothing but `send(headers, body)`, for libraries that know OAuth and not MCP.
const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

export async function echo(send, message) {
  const begun = await post(send, headers, {
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'culvert-tests', version: '1' } },
  });
  const session = { ...headers, 'mcp-session-id': begun.session, 'mcp-protocol-version': '2025-06-18' };
  await post(send, session, { method: 'notifications/initialized' });
  const { answer } = await post(send, session, {
    id: 2,
    method: 'tools/call',
    params: { name: 'echo', arguments: { message } },
  });
  return answer.result.content[0].text;
}

async function post(send, headers, message) {
  const response = await send(headers, JSON.stringify({ jsonrpc: '2.0', ...message }));
  const text = await response.text();
  if (!response.ok) throw new Error(`${message.method}: ${response.status} ${text}`);
  const json = text.startsWith('{') ? text : text.split('\n').findLast((line) => line.startsWith('data: {'))?.slice(6);
  return { session: response.headers.get('mcp-session-id'), answer: json && JSON.parse(json) };
}
