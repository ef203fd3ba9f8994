using System.Text;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.Upstreams;

/// <summary>Routes without a policy are counted too, by what requests say of themselves and nothing more.</summary>
public sealed class UnjudgedCallsTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private readonly CallCounts counts = new(TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("POST", "/mcp", "", "POST")]
    [InlineData("POST", "/mcp?a=b", "tools/call", "tools/call")]
    [InlineData("POST", "/mcp", "initialize", "initialize")]
    [InlineData("POST", "/mcp", "secret/invented", "POST")]
    [InlineData("GET", "/mcp", "", "GET")]
    [InlineData("DELETE", "/mcp", "", "DELETE")]
    [InlineData("POST", "/other", "tools/call", null)]
    [InlineData("GET", "/.well-known/oauth-protected-resource", "", null)]
    public async Task Call_OnARouteWithoutAPolicy_CountsByItsMethod(
        string method,
        string path,
        string said,
        string? counted
    )
    {
        await using var upstream = RawUpstream.Answering(Ok);
        await using var tunnel = new Support.Tunnel(counts: counts);
        tunnel.Add("docs", upstream.Port);
        await tunnel.StartAsync();

        await SendAsync(tunnel, method, path, said);

        var entries = counts.Next()?.Entries ?? [];
        entries.Select(e => e.Name).ShouldBe(counted is null ? [] : [counted]);
        entries.ShouldAllBe(e => e.Route == "docs" && e.Kind == "method" && e.Decisions["allow"] == 1);
    }

    [Fact]
    public async Task Call_ThatTheAgentAnswers_CountsAsRefused()
    {
        await using var tunnel = new Support.Tunnel(counts: counts);
        tunnel.Add("docs", 1); // nobody listens
        await tunnel.StartAsync();

        await SendAsync(tunnel, "POST", "/mcp", "");

        counts
            .Next()!
            .Entries.ShouldHaveSingleItem()
            .Decisions.ShouldBe(new Dictionary<string, long> { ["refuse"] = 1 });
    }

    private static async Task SendAsync(Support.Tunnel tunnel, string method, string path, string said)
    {
        using var client = tunnel.Client();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method == "POST")
        {
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        }

        if (said.Length > 0)
        {
            request.Headers.Add("Mcp-Method", said);
        }

        using var answer = await client.SendAsync(request, Token);
        await answer.Content.ReadAsStringAsync(Token);
    }
}
