using System.Text.Json.Nodes;
using Culvert.Tunnel.Agent.Tests.Support;
using Culvert.Tunnel.Agent.Upstreams.Stdio;

namespace Culvert.Tunnel.Agent.Tests.Upstreams.Stdio;

/// <summary>The reference server of the protocol's own project, unmodified, behind the tunnel as a program.</summary>
public sealed class RealServerTests
{
    private static readonly string Everything = StdioFixture.Peer(
        "node_modules/@modelcontextprotocol/server-everything/dist/index.js"
    );

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ServerEverything_ListsAndCallsTools_WithProgress(bool isShared)
    {
        Assert.SkipUnless(File.Exists(Everything), "The npm packages of tests/Peers are not installed.");
        await using var fixture = await StdioFixture.StartAsync(
            StdioFixture.Settings() with
            {
                Command = ["node", Everything, "stdio"],
                Sharing = isShared ? ChildSharing.Shared : ChildSharing.Session,
                MaxMessageBytes = 4 << 20,
            }
        );
        var session = await fixture.InitializeAsync();

        using var listing = await fixture.SendAsync(fixture.Request("tools/list"), session);
        var tools = (await StdioFixture.MessagesAsync(listing))[^1]["result"]!["tools"]!.AsArray();
        var sum = await fixture.ToolAsync(session, "get-sum", """{"a":2,"b":3}""");
        using var long_ = await fixture.SendAsync(
            fixture.Call("trigger-long-running-operation", """{"duration":1,"steps":4}""", """{"progressToken":"p"}"""),
            session
        );
        var messages = await StdioFixture.MessagesAsync(long_);

        tools.Select(t => t!["name"]!.GetValue<string>()).ShouldContain("echo");
        sum.ShouldContain("5");
        messages.Count(m => m["method"]?.GetValue<string>() == "notifications/progress").ShouldBeGreaterThan(1);
        StdioFixture.TextOf(messages).ShouldContain("completed");
        (await fixture.Upstream.ProbeAsync(null!, TestContext.Current.CancellationToken)).IsHealthy.ShouldBe(true);
    }
}
