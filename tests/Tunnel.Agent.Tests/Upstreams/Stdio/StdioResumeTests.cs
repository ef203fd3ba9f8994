using System.Net;
using System.Text.Json.Nodes;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Tests.Policy;
using Culvert.Tunnel.Agent.Tests.Support;
using Culvert.Tunnel.Agent.Upstreams.Stdio;

namespace Culvert.Tunnel.Agent.Tests.Upstreams.Stdio;

/// <summary>L6, L7: a client that loses its connection comes back with the id of the last event that it saw.</summary>
public sealed class StdioResumeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Call_ConnectionLost_TheRestComesByGet()
    {
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings());
        var session = await fixture.InitializeAsync();
        var seen = await LoseAsync(fixture, session);

        (await fixture.ToolAsync(session, "finish")).ShouldBe("finished");
        var events = await ResumeAsync(fixture, session, seen);

        events.Select(e => e.Message["params"]?["progress"]?.GetValue<int>()).ShouldBe([2, null]);
        events[^1].Message["result"]!["content"]![0]!["text"]!.GetValue<string>().ShouldBe("late");
        events.Select(e => e.Id).ShouldBeUnique();
        (await fixture.ToolAsync(session, "cancelled")).ShouldBe("[]"); // L8
    }

    [Fact]
    public async Task Call_ResumedBeforeTheAnswer_WaitsForIt()
    {
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings());
        var session = await fixture.InitializeAsync();
        var seen = await LoseAsync(fixture, session);

        using var resumed = await ListenAsync(fixture, session, seen);
        (await fixture.ToolAsync(session, "finish")).ShouldBe("finished");

        var messages = await StdioFixture.MessagesAsync(resumed);
        StdioFixture.TextOf(messages).ShouldBe("late");
        messages.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Call_FinishedInTime_IsThereAfterItsRulesTimeToo()
    {
        var time = new FakeTimeProvider();
        await using var fixture = await StartAsync(time);
        var session = await fixture.InitializeAsync();
        var seen = await LoseAsync(fixture, session);
        (await fixture.ToolAsync(session, "finish")).ShouldBe("finished");
        var inTime = await ResumeAsync(fixture, session, seen);

        time.JumpTo(time.GetUtcNow() + TimeSpan.FromMinutes(2));
        var again = await ResumeAsync(fixture, session, seen);

        inTime[^1].Message["result"]!["content"]![0]!["text"]!.GetValue<string>().ShouldBe("late");
        again.Select(e => e.Id).ShouldBe(inTime.Select(e => e.Id));
    }

    [Fact] // no client reads it, and its timer is late
    public async Task Call_FinishedAfterItsRulesTime_IsNoMore()
    {
        var time = new FakeTimeProvider();
        await using var fixture = await StartAsync(time);
        var session = await fixture.InitializeAsync();
        var seen = await LoseAsync(fixture, session);

        time.JumpTo(time.GetUtcNow() + TimeSpan.FromMinutes(1));
        (await fixture.ToolAsync(session, "finish")).ShouldBe("finished");

        using var resumed = await ListenAsync(fixture, session, seen);
        (await resumed.Content.ReadAsStringAsync(Token)).ShouldNotContain("\"late\"");
    }

    [Fact]
    public async Task Call_ResumedWhileTheOldConnectionLives_TakesOver()
    {
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings());
        var session = await fixture.InitializeAsync();
        using var first = await fixture.SendAsync(fixture.Call("pace", meta: """{"progressToken":"p"}"""), session);
        using var reader = new StreamReader(await first.Content.ReadAsStreamAsync(Token));
        var seen = await ReadIdAsync(reader, data: true);

        using var resumed = await ListenAsync(fixture, session, seen);
        (await reader.ReadToEndAsync(Token)).Trim().ShouldBeEmpty();
        (await fixture.ToolAsync(session, "finish")).ShouldBe("finished");

        StdioFixture.TextOf(await StdioFixture.MessagesAsync(resumed)).ShouldBe("late");
    }

    [Fact]
    public async Task Stream_AskedForAgain_GivesTheSameEventsAndNoOthers()
    {
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings());
        var session = await fixture.InitializeAsync();
        var seen = await LoseAsync(fixture, session);
        using var other = await fixture.SendAsync(fixture.Call("progress", meta: """{"progressToken":1}"""), session);
        await StdioFixture.MessagesAsync(other);
        await fixture.ToolAsync(session, "finish");

        var first = await ResumeAsync(fixture, session, seen);
        var second = await ResumeAsync(fixture, session, seen);

        second
            .Select(e => (e.Id, e.Message.ToJsonString()))
            .ShouldBe(first.Select(e => (e.Id, e.Message.ToJsonString())));
        (await ResumeAsync(fixture, session, second[^1].Id)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Listening_ConnectionLost_GoesOnWhereItWas()
    {
        await using var fixture = await StdioFixture.StartAsync(
            StdioFixture.Settings() with
            {
                Sharing = ChildSharing.Shared,
            }
        );
        var (caller, listener) = (await fixture.InitializeAsync(), await fixture.InitializeAsync());
        var seen = "";
        using (var stream = await ListenAsync(fixture, listener, ""))
        {
            using var reader = new StreamReader(await stream.Content.ReadAsStreamAsync(Token));
            seen = await ReadIdAsync(reader, data: false);
            await fixture.ToolAsync(caller, "log");
            (await ReadIdAsync(reader, data: true)).ShouldBe("0-1");
        }

        await fixture.ToolAsync(caller, "log");
        using var again = await ListenAsync(fixture, listener, seen);
        using var rest = new StreamReader(await again.Content.ReadAsStreamAsync(Token));

        (await ReadIdAsync(rest, data: true)).ShouldBe("0-1"); // sent, perhaps never received
        (await ReadIdAsync(rest, data: true)).ShouldBe("0-2");
    }

    [Theory]
    [InlineData("7-1")]
    [InlineData("0-1")]
    [InlineData("1")]
    [InlineData("1-x")]
    [InlineData("-1-1")]
    public async Task Get_EventOfNoStream_Is400(string id)
    {
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings());
        var session = await fixture.InitializeAsync();

        using var refused = await ListenAsync(fixture, session, id);

        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        StdioFixture.Reason(refused).ShouldBe("agent.event_unknown");
    }

    private static Task<StdioFixture> StartAsync(TimeProvider time)
    {
        var rule = Policies.Allow("paced", "pace") with { Limits = new() { Timeout = TimeSpan.FromMinutes(1) } };
        return StdioFixture.StartAsync(
            StdioFixture.Settings(),
            time: time,
            policy: Policies.Route(Policies.Settings(rule, Policies.Allow("finish", "finish")), time)
        );
    }

    // The id of the last event that the client saw.
    private static async Task<string> LoseAsync(StdioFixture fixture, string session)
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using var response = await fixture.SendAsync(
            fixture.Call("pace", meta: """{"progressToken":"p"}"""),
            session,
            cancellationToken: leaving.Token
        );
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(leaving.Token));
        return await ReadIdAsync(reader, data: true);
    }

    private static async Task<List<(string Id, JsonNode Message)>> ResumeAsync(
        StdioFixture fixture,
        string session,
        string seen
    )
    {
        using var response = await ListenAsync(fixture, session, seen);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var (id, events) = ("", new List<(string, JsonNode)>());
        foreach (var line in (await response.Content.ReadAsStringAsync(Token)).Split('\n'))
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal))
            {
                id = line[4..];
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                events.Add((id, JsonNode.Parse(line[6..])!));
            }
        }

        return events;
    }

    private static Task<HttpResponseMessage> ListenAsync(StdioFixture fixture, string session, string seen)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/mcp")
        {
            Version = fixture.Client.DefaultRequestVersion,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Add("Mcp-Session-Id", session);
        request.Headers.Add("MCP-Protocol-Version", StdioFixture.Legacy);
        request.Headers.Add("Accept", "text/event-stream");
        if (seen.Length > 0)
        {
            request.Headers.Add("Last-Event-ID", seen);
        }

        return fixture.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
    }

    // Of the next event, or of the next one that says something.
    private static async Task<string> ReadIdAsync(StreamReader reader, bool data)
    {
        var id = "";
        while (await reader.ReadLineAsync(Token) is { } line)
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal))
            {
                id = line[4..];
            }
            else if (line.StartsWith(data ? "data: " : "data:", StringComparison.Ordinal))
            {
                return id;
            }
        }

        throw new EndOfStreamException();
    }
}
