using System.Text;
using System.Text.Json.Nodes;
using Culvert.Tunnel.Agent.Tests.Support;
using Culvert.Tunnel.Agent.Upstreams.Stdio;

namespace Culvert.Tunnel.Agent.Tests.Upstreams.Stdio;

/// <summary>Requests to a program behind a route, and what they receive.</summary>
public abstract class StdioUpstreamTest
{
    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected static StdioSettings Shared => StdioFixture.Settings() with { Sharing = ChildSharing.Shared };

    private protected static Task<HttpResponseMessage> SendAsync(
        StdioFixture fixture,
        HttpMethod method,
        string? session,
        string path = "/mcp",
        string? version = null
    )
    {
        var request = new HttpRequestMessage(method, path)
        {
            Version = fixture.Client.DefaultRequestVersion,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content =
                method == HttpMethod.Post
                    ? new StringContent(fixture.Request("ping"), Encoding.UTF8, "application/json")
                    : null,
        };
        if (session is not null)
        {
            request.Headers.Add("Mcp-Session-Id", session);
        }

        if (version is not null)
        {
            request.Headers.Add("MCP-Protocol-Version", version);
        }

        return fixture.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
    }

    private protected static async Task<JsonNode> ReadEventAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync(Token) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                return JsonNode.Parse(line[6..])!;
            }
        }

        throw new EndOfStreamException();
    }
}
