using System.Text.Json.Nodes;

namespace Culvert.Identity.Cli.Commands.Dev;

internal static class DevGuide
{
    private const string Initialize =
        """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"curl","version":"1"}}}""";

    public static IEnumerable<string> Text(DevAccess access, bool nameResolves)
    {
        yield return $"URL        {access.Url}";
        yield return $"CA file    {access.CaFile}";
        yield return $"token      {access.TokenFile} (kept fresh; mode 0600)";
        yield return $"state      {access.Folder}";
        if (access.UpstreamProblem.Length > 0)
        {
            yield return $"upstream   {access.UpstreamProblem} Start it: you need not restart anything here.";
        }

        if (!nameResolves)
        {
            yield return $"name       this system does not resolve it: add `127.0.0.1 {access.Url.Host}` to /etc/hosts for Inspector and SDK";
        }

        yield return "";
        yield return "curl:";
        yield return Curl(access);
        yield return "Inspector:";
        yield return Inspector(access);
        yield return "TypeScript SDK:";
        yield return Sdk(access);
        yield return "";
        yield return "Press Ctrl-C to stop everything.";
    }

    public static JsonObject Json(DevAccess access) =>
        new()
        {
            ["url"] = access.Url.AbsoluteUri,
            ["ca_file"] = access.CaFile,
            ["token_file"] = access.TokenFile,
            ["folder"] = access.Folder,
            ["upstream_problem"] = access.UpstreamProblem,
            ["curl"] = Curl(access),
            ["inspector"] = Inspector(access),
            ["sdk"] = Sdk(access),
        };

    // The token is read from standard input, because all users of the machine can read command lines.
    private static string Curl(DevAccess access) =>
        $"sed 's/^/authorization: Bearer /' {access.TokenFile} | curl --cacert {access.CaFile} "
        + $"--resolve {access.Url.Host}:{access.Url.Port}:127.0.0.1 -H @- -H 'content-type: application/json' "
        + $"-H 'accept: application/json, text/event-stream' -d '{Initialize}' {access.Url}";

    private static string Inspector(DevAccess access) =>
        $"NODE_EXTRA_CA_CERTS={access.CaFile} npx @modelcontextprotocol/inspector --cli {access.Url} --transport http "
        + $"--method tools/list --header \"Authorization: Bearer $(cat {access.TokenFile})\"";

    private static string Sdk(DevAccess access) =>
        $"NODE_EXTRA_CA_CERTS={access.CaFile} node --input-type=module -e '"
        + "import { readFileSync } from \"node:fs\"; "
        + "import { Client } from \"@modelcontextprotocol/sdk/client/index.js\"; "
        + "import { StreamableHTTPClientTransport } from \"@modelcontextprotocol/sdk/client/streamableHttp.js\"; "
        + "const client = new Client({ name: \"dev\", version: \"1\" }); "
        + $"const token = readFileSync(\"{access.TokenFile}\", \"ascii\").trim(); "
        + $"await client.connect(new StreamableHTTPClientTransport(new URL(\"{access.Url}\"), "
        + "{ requestInit: { headers: { authorization: `Bearer ${token}` } } })); "
        + "console.log((await client.listTools()).tools.map(t => t.name)); await client.close();'";
}
