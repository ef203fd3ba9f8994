using System.Text;
using System.Text.Json.Nodes;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Pins;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Telemetry;
using Culvert.Tunnel.Agent.Tests.Support;
using Culvert.Tunnel.Agent.Upstreams;
using Culvert.Tunnel.Agent.Upstreams.Crawling;
using Culvert.Tunnel.Agent.Upstreams.Stdio;
using Microsoft.Extensions.Logging.Abstractions;
using static Culvert.Tunnel.Agent.Tests.Pins.Definitions;

namespace Culvert.Tunnel.Agent.Tests.Pins;

/// <summary>The agent's own reading of a server's definitions, and when it happens.</summary>
public sealed class DefinitionCrawlTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_EitherEra_ReadsEveryPageOfEveryList(bool isModern)
    {
        var server = new ChangingServer
        {
            IsModern = isModern,
            Instructions = "Be brief.",
            Prompts = ["""{"name":"p"}"""],
            Resources = ["""{"uri":"file:///a","name":"a"}"""],
            Templates = ["""{"uriTemplate":"x://{y}","name":"t"}"""],
            More = ""","ttlMs":30000""",
        };
        server.Override = (message, request) =>
            message["method"]!.GetValue<string>() != "tools/list" ? null
            : isModern && request.Header("Mcp-Method") is not ["tools/list"] ? ""
            : message["params"]!["cursor"]?.GetValue<string>() == "2" ? $$"""{"tools":[{{Tool("b")}}]}"""
            : $$"""{"tools":[{{Tool("a")}}],"nextCursor":"2"}""";
        await using var scene = await PinScene.StartAsync(server, PinScene.Default);

        scene
            .Files.LoadPinned()!
            .Pins.Select(p => p.Key.ToString())
            .ShouldBe(
                ["instructions", "tool a", "tool b", "prompt p", "resource file:///a", "template x://{y}"],
                ignoreOrder: true
            );
        scene.Pins.State.ReadingProblem.ShouldBeEmpty();
    }

    [Theory] // as clients read it
    [InlineData("application/json", "\uFEFF{\"jsonrpc\":\"2.0\",\"id\":ID,\"result\":RESULT}")]
    [InlineData("application/json; charset=utf8", "{\"jsonrpc\":\"2.0\",\"id\":\"ID\",\"result\":RESULT}")]
    [InlineData("text/event-stream", "data: {\"jsonrpc\":\"2.0\",\"id\":ID,\"result\":RESULT}\r\r")]
    [InlineData("text/event-stream;", "data: {\"jsonrpc\":\"2.0\",\"id\":\"ID\",\"result\":RESULT}\r\n\r\n")]
    [InlineData(
        "Text/Event-Stream",
        "\uFEFFdata: {\"method\":\"a/b\"}\n\ndata: {\"jsonrpc\":\"2.0\",\ndata: \"id\":ID.0,\"result\":RESULT}\n\n"
    )]
    public async Task Run_AnswersInAnyForm_AreRead(string type, string form)
    {
        await using var server = Answering(type, form);
        await using var upstream = Http(server);

        var result = await new DefinitionCrawl(RouteTo(upstream), TimeProvider.System).RunAsync(
            [PinKind.Tool],
            modernFirst: true,
            Token
        );

        result.Problem.ShouldBeNull();
        result.Entries.Count.ShouldBe(1);
    }

    [Fact] // the event never ended, so it is none
    public async Task Run_StreamCutWithinAnEvent_SaysSo()
    {
        await using var server = Answering(
            "text/event-stream",
            "data: {\"jsonrpc\":\"2.0\",\"id\":ID,\"result\":RESULT}\n"
        );
        await using var upstream = Http(server);

        var result = await new DefinitionCrawl(RouteTo(upstream), TimeProvider.System).RunAsync(
            [PinKind.Tool],
            modernFirst: true,
            Token
        );

        result.Problem.ShouldBe("The server's stream ends in the middle of an event, without the response.");
        result.Entries.ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_ServerThatWantsACallersCredential_SaysSo()
    {
        await using var server = RawUpstream.Answering("HTTP/1.1 401 X\r\nContent-Length: 0\r\n\r\n");
        await using var upstream = Http(server);

        var result = await new DefinitionCrawl(RouteTo(upstream), TimeProvider.System).RunAsync(
            PinScene.Default.Kinds,
            modernFirst: true,
            Token
        );

        result.Problem.ShouldNotBeNull().ShouldContain("it wants a caller's credential");
    }

    [Theory]
    [InlineData(ChildSharing.Session)]
    [InlineData(ChildSharing.Shared)]
    public async Task Run_Program_IsRead(object sharing)
    {
        await using var upstream = new StdioUpstream(
            StdioFixture.Settings() with
            {
                Sharing = (ChildSharing)sharing,
            },
            new AgentMetrics(),
            TimeProvider.System,
            NullLogger.Instance
        );

        var result = await new DefinitionCrawl(RouteTo(upstream), TimeProvider.System).RunAsync(
            [PinKind.Tool],
            modernFirst: true,
            Token
        );

        result.Problem.ShouldBeNull();
        result.Entries.ShouldNotBeEmpty();
    }

    [Theory] // the timer, and what the server says of its lists
    [InlineData(300, "")]
    [InlineData(86400, ",\"ttlMs\":60000")]
    public async Task Watch_OnItsTimerOrExpiry_ReadsAgain(int refreshSeconds, string more)
    {
        await using var scene = await PinScene.StartAsync(
            new ChangingServer { Tools = [Tool("get_record")], More = more },
            PinScene.Default with
            {
                Refresh = TimeSpan.FromSeconds(refreshSeconds),
            }
        );
        var started = scene.Time.GetUtcNow();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var running = scene.Watch.RunAsync(stop.Token);
        scene.Server.Tools = [Tool("get_record", "Evil.")];

        // While the watch reads the server, its limits of time are pending too.
        await Eventually.UntilAsync(
            () => scene.Pins.State.Drifts.Count > 0,
            Token,
            () =>
            {
                if (scene.Time.PendingTimers <= 1)
                {
                    scene.Time.Advance(TimeSpan.FromSeconds(10));
                }
            }
        );

        (scene.Time.GetUtcNow() - started).ShouldBeLessThan(TimeSpan.FromHours(12));
        (await scene.CallAsync("get_record")).ShouldBeFalse();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => running);
    }

    // In place of ID and RESULT comes what the request asks for.
    private static RawUpstream Answering(string type, string form) =>
        RawUpstream.Scripted(
            async (request, stream, token) =>
            {
                var message = JsonNode.Parse(request.Body)!;
                var result =
                    message["method"]!.GetValue<string>() == "tools/list"
                        ? $$"""{"tools":[{{Tool("a")}}]}"""
                        : """{"supportedVersions":["2026-07-28"],"capabilities":{}}""";
                var body = Encoding.UTF8.GetBytes(
                    form.Replace("ID", message["id"]!.ToJsonString(), StringComparison.Ordinal)
                        .Replace("RESULT", result, StringComparison.Ordinal)
                );
                var head = $"HTTP/1.1 200 OK\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\n\r\n";
                await stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. body], token);
                return true;
            }
        );

    private static HttpUpstream Http(RawUpstream server)
    {
        var settings = Support.Tunnel.UpstreamTo(server.Port);
        return new HttpUpstream(
            settings,
            new UpstreamConnector(settings, TimeProvider.System),
            Support.Tunnel.NewForwarder()
        );
    }

    private static Route RouteTo(Upstream upstream) =>
        new("docs", upstream, [], RouteAccess.Open(OauthMode.DangerousNone));
}
