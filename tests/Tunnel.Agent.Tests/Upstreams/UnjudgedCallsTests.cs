using System.Text;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.Upstreams;

/// <summary>Routes whose policy is off are counted too, by what requests say of themselves and nothing more.</summary>
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
    public async Task Call_WhereThePolicyIsOff_CountsByItsMethod(
        string method,
        string path,
        string said,
        string? counted
    )
    {
        await using var upstream = RawUpstream.Answering(Ok);
        await SendAsync(upstream.Port, method, path, said);

        var entries = counts.Next()?.Entries ?? [];
        entries.Select(e => e.Name).ShouldBe(counted is null ? [] : [counted]);
        entries.ShouldAllBe(e => e.Route == "docs" && e.Kind == "method" && e.Decisions["allow"] == 1);
    }

    [Fact]
    public async Task Call_ThatTheAgentAnswers_CountsAsRefused()
    {
        await SendAsync(1, "POST", "/mcp", ""); // no server listens

        counts
            .Next()!
            .Entries.ShouldHaveSingleItem()
            .Decisions.ShouldBe(new Dictionary<string, long> { ["refuse"] = 1 });
    }

    // A call counts once it is over, a moment after its answer: when the tunnel has ended, all are.
    private async Task SendAsync(int port, string method, string path, string said)
    {
        await using var tunnel = new Support.Tunnel(counts: counts);
        tunnel.Add("docs", port);
        await tunnel.StartAsync();
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
