using System.Net;
using System.Text;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Tests.Support;
using Culvert.Tunnel.Agent.Upstreams;
using static Culvert.Tunnel.Agent.Tests.Policy.Policies;

namespace Culvert.Tunnel.Agent.Tests.Policy;

/// <summary>A server that sends the client a request that no rule allows receives an error and does not wait.</summary>
public sealed class RefusedAsksTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sampling/createMessage")]
    [InlineData("elicitation/create")]
    [InlineData("roots/list")]
    public async Task HttpServer_AsksOnItsStream_IsAnsweredInTheClientsPlace(string method)
    {
        var answered = new TaskCompletionSource();
        var upstream = RawUpstream.Scripted(
            async (request, stream, token) =>
            {
                if (request.BodyText.Contains("\"q1\"", StringComparison.Ordinal))
                {
                    answered.TrySetResult();
                    await stream.WriteAsync("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), token);
                    return true;
                }

                await stream.WriteAsync(
                    Encoding.UTF8.GetBytes(
                        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
                            + $$$"""data: {"jsonrpc":"2.0","id":"q1","method":"{{{method}}}","params":{}}"""
                            + "\n\n"
                    ),
                    token
                );
                await answered.Task.WaitAsync(token);
                await stream.WriteAsync(
                    "data: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"content\":[]}}\n\n"u8.ToArray(),
                    token
                );
                return false;
            }
        );
        await using var fixture = await PolicyFixture.StartAsync(Settings(Allow("a", "*")), upstream);

        var (answer, body) = await fixture.PostAsync(
            PolicyFixture.Call("get"),
            change: r =>
            {
                r.Headers.Add("Mcp-Session-Id", fixture.SessionOf("s-1"));
                r.Headers.Add("MCP-Protocol-Version", "2025-11-25");
            }
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        body.ShouldNotContain($"\"{method}\"");
        body.ShouldContain("\"result\"");
        await upstream.NextAsync();
        var told = await upstream.NextAsync();
        told.RequestLine.ShouldBe("POST /mcp HTTP/1.1");
        told.Header("Mcp-Session-Id").ShouldBe(["s-1"]);
        told.Header("MCP-Protocol-Version").ShouldBe(["2025-11-25"]);
        told.Header("Authorization").ShouldBeEmpty(); // A16
        told.BodyText.ShouldStartWith("{\"jsonrpc\":\"2.0\",\"id\":\"q1\",\"error\":{\"code\":-32601");
    }

    [Fact] // a server that asked without end once took every connection of its route
    public async Task HttpServer_AsksManyTimes_IsToldAFewAtATime()
    {
        var (told, finish) = (0, new TaskCompletionSource());
        var upstream = RawUpstream.Scripted(
            async (request, stream, token) =>
            {
                if (request.BodyText.Contains("-32601", StringComparison.Ordinal))
                {
                    Interlocked.Increment(ref told);
                    await finish.Task.WaitAsync(token);
                    return false;
                }

                const string Ask = """data: {"jsonrpc":"2.0","id":"q","method":"roots/list"}""";
                const string Answer = """data: {"jsonrpc":"2.0","id":1,"result":{"content":[]}}""";
                var events = string.Concat(Enumerable.Repeat(Ask + "\n\n", 100)) + Answer + "\n\n";
                await stream.WriteAsync(Encoding.UTF8.GetBytes(PolicyFixture.Events(events)), token);
                return true;
            }
        );
        await using var fixture = await PolicyFixture.StartAsync(Settings(Allow("a", "*")), upstream);

        var (answer, body) = await fixture.PostAsync(PolicyFixture.Call("get"));
        await Eventually.UntilAsync(() => Volatile.Read(ref told) == HttpUpstream.MaxRefusals, Token);
        var (next, _) = await fixture.PostAsync(PolicyFixture.Call("get"));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        body.ShouldContain("\"result\"");
        next.StatusCode.ShouldBe(HttpStatusCode.OK);
        Volatile.Read(ref told).ShouldBe(HttpUpstream.MaxRefusals);
        finish.SetResult();
    }

    [Fact]
    public async Task Program_AsksItsClient_IsAnsweredInTheClientsPlace()
    {
        await using var fixture = await StdioFixture.StartAsync(
            StdioFixture.Settings(),
            policy: Route(Settings(Allow("a", "*")))
        );
        var session = await fixture.InitializeAsync();

        using var response = await fixture.SendAsync(fixture.Call("ask"), session);

        // The scripted program makes a tool's answer of whatever it is answered.
        var messages = await StdioFixture.MessagesAsync(response);
        StdioFixture.TextOf(messages).ShouldContain("-32601");
        messages.Count.ShouldBe(1);
    }

    [Fact] // the timer may be late, the answer is so all the same
    public async Task Program_AnswersAfterTheRulesTime_IsNotDelivered()
    {
        var time = new FakeTimeProvider();
        var slow = Allow("slow", "hold") with { Limits = new() { Timeout = TimeSpan.FromMinutes(1) } };
        await using var fixture = await StdioFixture.StartAsync(
            StdioFixture.Settings(),
            time: time,
            policy: Route(Settings(slow, Allow("others", "held", "release")), time)
        );
        var session = await fixture.InitializeAsync();
        var call = fixture.SendAsync(fixture.Call("hold"), session);
        while (await fixture.ToolAsync(session, "held") == "[]") { }

        time.JumpTo(time.GetUtcNow() + TimeSpan.FromMinutes(1)); // and no timer fires
        (await fixture.ToolAsync(session, "release")).ShouldBe("released");

        using var late = await call;
        late.StatusCode.ShouldBe(HttpStatusCode.GatewayTimeout);
        StdioFixture.Reason(late).ShouldBe("policy.timeout");
    }

    [Fact]
    public async Task Program_RulesTimeAndBytes_ActHereAsEverywhere()
    {
        var time = new FakeTimeProvider();
        await using var fixture = await StdioFixture.StartAsync(
            StdioFixture.Settings(),
            time: time,
            policy: Route(
                Settings(
                    Allow("slow", "hold") with
                    {
                        Limits = new() { Timeout = TimeSpan.FromMinutes(1) },
                    },
                    Allow("large", "huge", "echo") with
                    {
                        Limits = new() { MaxResponseBytes = 1000, MaxRequestBytes = 500 },
                    },
                    Allow("others", "held", "cancelled")
                ),
                time
            )
        );
        var session = await fixture.InitializeAsync();

        var call = fixture.SendAsync(fixture.Call("hold"), session);
        while (await fixture.ToolAsync(session, "held") == "[]") { }
        time.Advance(TimeSpan.FromMinutes(2));
        using var late = await call;
        using var large = await fixture.SendAsync(
            fixture.Call("echo", $$"""{"text":"{{new string('x', 600)}}"}"""),
            session
        );

        late.StatusCode.ShouldBe(HttpStatusCode.GatewayTimeout);
        StdioFixture.Reason(late).ShouldBe("policy.timeout");
        StdioFixture.Reason(large).ShouldBe("policy.request_too_large");
        while (await fixture.ToolAsync(session, "cancelled") == "[]") { }
    }
}
