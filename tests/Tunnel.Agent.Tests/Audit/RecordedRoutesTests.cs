using System.Globalization;
using System.Net;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Pipeline;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Tests.Policy;
using Culvert.Tunnel.Agent.Tests.Support;
using Culvert.Tunnel.Agent.Upstreams;
using static Culvert.Tunnel.Agent.Tests.Policy.PolicyFixture;

namespace Culvert.Tunnel.Agent.Tests.Audit;

/// <summary>Routes whose owner wrote no policy: every call is recorded, and nothing is refused or changed for that.</summary>
public sealed class RecordedRoutesTests
{
    private const string Ok = """{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"get"}]}}""";

    private static readonly PolicySettings Unwritten = new() { Mode = PolicyMode.Record, MaxBytes = 1024 };

    private readonly KeptTrail trail = new();

    public static TheoryData<string, string, string, string> Messages { get; } =
        new()
        {
            { "tools/list", "", "", Request("tools/list") },
            { "tools/call", "tool", "echo", Call("echo", "1", """{"q":"x"}""") },
            { "x/invented", "", "", Request("x/invented") },
            { "response", "", "", """{"jsonrpc":"2.0","id":7,"result":{}}""" },
        };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Messages))]
    public async Task Message_PassesAsItIs_AndIsRecordedByName(string method, string kind, string name, string body)
    {
        await using var fixture = await StartAsync(Unwritten, Json(Ok, "ETag: \"1\"\r\n"), trail);

        var (answer, text) = await fixture.PostAsync(body, change: r => r.Headers.AcceptEncoding.ParseAdd("br"));

        answer.Headers.ETag.ShouldNotBeNull();
        text.ShouldBe(Ok);
        var seen = await fixture.Upstream.NextAsync();
        seen.BodyText.ShouldBe(body);
        seen.Header("Accept-Encoding").ShouldBe(["br"]);
        var record = await trail.OnlyCallAsync();
        (record.Method, record.Kind, record.Name).ShouldBe((method, kind, name));
        (record.Mode, record.Decision, record.Reason, record.Rule).ShouldBe(("record", "allow", "no_policy", ""));
        (record.Subject, record.Auth, record.End, record.Status).ShouldBe(("alice", "bearer", "completed", 200));
        (record.RequestBytes, record.ResponseBytes).ShouldBe((body.Length, Ok.Length));
        record.IsCall.ShouldBeTrue();
        trail.Places.ShouldBe(0);
    }

    [Fact]
    public async Task Call_HasShapeAndHashOfItsArguments_AndNoValue()
    {
        using var scene = new AuditScene();
        await using var fixture = await StartAsync(Unwritten, Json(Ok), scene.Trail);

        await fixture.PostAsync(Call("echo", "1", """{"q":"canary-7f3a-6"}"""));

        await Eventually.UntilAsync(() => scene.Trail.WriteQueued() && scene.Lines.Length == 1, Token);
        scene.Text.ShouldContain("\"arguments\":{\"q\":\"string:13\"}");
        scene.Text.ShouldContain("\"arguments_hash\":");
        scene.Text.ShouldNotContain("canary-7f3a-6");
        scene.Faults.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("[]", false, "", "policy.message_batch", true)]
    [InlineData("{", false, "", "policy.message_not_json", true)]
    [InlineData("", false, "", "policy.message_not_json", true)]
    [InlineData("{\"a\":1,\"a\":2}", true, "", "policy.message_duplicate_key", true)]
    [InlineData("{\"jsonrpc\":\"2.0\",\"Method\":\"x\"}", false, "", "policy.message_lookalike_key", true)]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\"}", false, "", "policy.params_invalid", true)]
    [InlineData("large", false, "", "policy.message_too_large", true)]
    [InlineData("large", true, "", "policy.message_too_large", false)]
    [InlineData("{}", false, "gzip", "policy.message_encoded", true)]
    [InlineData("{}", true, "gzip", "policy.message_encoded", false)]
    public async Task UnreadableBody_PassesAsItIs_AndIsRecordedWithoutAName(
        string body,
        bool chunked,
        string encoding,
        string reason,
        bool isLengthKnown
    )
    {
        await using var fixture = await StartAsync(Unwritten, Json(Ok), trail);
        var sent = body == "large" ? Call("x", "1", $"\"{new string('x', 5000)}\"") : body;

        var (answer, text) = await fixture.PostAsync(
            sent,
            change: r =>
            {
                r.Headers.TransferEncodingChunked = chunked;
                if (encoding.Length > 0)
                {
                    r.Content!.Headers.ContentEncoding.Add(encoding);
                }
            }
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        text.ShouldBe(Ok);
        (await fixture.Upstream.NextAsync()).BodyText.ShouldBe(sent);
        var record = await trail.OnlyCallAsync();
        (record.Method, record.Name, record.Decision, record.Reason).ShouldBe(("POST", "", "allow", reason));
        record.RequestBytes.ShouldBe(isLengthKnown ? sent.Length : null);
    }

    [Theory]
    [InlineData("PUT", "/mcp", "policy.method_refused", false)]
    [InlineData("PATCH", "/mcp", "policy.method_refused", false)]
    [InlineData("POST", "/pages?x=1", "policy.path_refused", false)]
    [InlineData("GET", "/pages", "policy.path_refused", false)]
    [InlineData("GET", "/mcp", "no_policy", true)]
    [InlineData("DELETE", "/mcp", "no_policy", true)]
    [InlineData("HEAD", "/mcp", "no_policy", false)]
    public async Task OtherRequest_PassesAsItIs_AndIsRecordedByItsMethod(
        string method,
        string path,
        string reason,
        bool isCall
    )
    {
        await using var fixture = await StartAsync(Unwritten, Json(Ok), trail);
        var body = method is "GET" or "DELETE" or "HEAD" ? "" : Call("hidden");

        var (answer, _) = await fixture.PostAsync(body, method: new HttpMethod(method), path: path);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var seen = await fixture.Upstream.NextAsync();
        seen.RequestLine.ShouldBe($"{method} {path} HTTP/1.1");
        seen.BodyText.ShouldBe(body);
        var record = await trail.OnlyCallAsync();
        (record.Method, record.Name, record.Decision, record.Reason).ShouldBe((method, "", "allow", reason));
        record.RequestBytes.ShouldBe(body.Length);
        record.IsCall.ShouldBe(isCall);
    }

    [Fact]
    public async Task Metadata_IsNotRecorded()
    {
        await using var fixture = await StartAsync(Unwritten, Json(Ok), trail);

        await fixture.PostAsync("", method: HttpMethod.Get, path: "/.well-known/other");
        await fixture.PostAsync(Request("ping"));

        (await trail.OnlyCallAsync()).Method.ShouldBe("ping");
    }

    [Fact]
    public async Task PolicyOff_LeavesNoRecord()
    {
        await using (var fixture = await StartAsync(PolicySettings.Off, Json(Ok), trail))
        {
            await fixture.PostAsync(Call("echo"));
        }

        trail.Records.ShouldBeEmpty();
    }

    // With and without a record, the upstream receives what the client sent, and the client receives the same answer.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task MalformedChunk_IsAnsweredAsWithoutARecord(bool isRecorded)
    {
        await using var fixture = await StartAsync(isRecorded ? Unwritten : PolicySettings.Off, Json(Ok), trail);
        await using var client = new RawClient(await fixture.Tunnel.ConnectAsync());

        await client.SendAsync(Head(fixture, "Transfer-Encoding: chunked") + "3\r\n{\"a\r\nnope\r\n");

        var head = await client.ReadHeadAsync();
        head.ShouldStartWith("HTTP/1.1 400 ");
        head.ShouldContain("agent.body_malformed");
    }

    [Fact]
    public async Task SlowBody_GoesOnAfterAWhile_AndArrivesWhole()
    {
        var time = new FakeTimeProvider(DateTimeOffset.Parse("2026-01-01T00:00:00Z", CultureInfo.InvariantCulture));
        await using var fixture = await StartAsync(Unwritten, RawUpstream.Answering(Json(Ok)), time, trail, Patient);
        await using var client = new RawClient(await fixture.Tunnel.ConnectAsync());
        var body = Call("echo");

        await client.SendAsync(Head(fixture, $"Content-Length: {body.Length}") + body[..9]);
        await Eventually.UntilAsync(
            () =>
            {
                time.Advance(RecordMode.LongestWait / 4);
                return fixture.Upstream.Connections == 1;
            },
            Token
        );
        await client.SendAsync(body[9..]);

        (await client.ReadHeadAsync()).ShouldStartWith("HTTP/1.1 200 ");
        (await fixture.Upstream.NextAsync()).BodyText.ShouldBe(body);
        var record = await trail.OnlyCallAsync();
        (record.Name, record.Reason, record.RequestBytes).ShouldBe(("", "policy.message_incomplete", body.Length));
    }

    [Fact]
    public async Task Events_ArriveOneByOne()
    {
        var second = new TaskCompletionSource();
        var upstream = RawUpstream.Scripted(
            async (_, stream, token) =>
            {
                await stream.WriteAsync(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: {\"n\":1}\n\n"u8.ToArray(),
                    token
                );
                await second.Task.WaitAsync(token);
                await stream.WriteAsync("data: {\"n\":2}\n\n"u8.ToArray(), token);
                return false;
            }
        );
        await using var fixture = await StartAsync(Unwritten, upstream, trail: trail);
        await using var client = new RawClient(await fixture.Tunnel.ConnectAsync());
        var call = Call("echo");
        await client.SendAsync(Head(fixture, $"Content-Length: {call.Length}") + call);

        (await client.ReadUntilAsync("data: {\"n\":1}\n\n")).ShouldContain("200 OK");
        second.SetResult();
        await client.ReadUntilAsync("data: {\"n\":2}\n\n");
        (await trail.OnlyCallAsync()).ResponseBytes.ShouldBe(30);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FullTrail_ServesAndCountsTheCall(bool isObserved)
    {
        trail.IsFull = true;
        var settings = isObserved ? Unwritten with { Mode = PolicyMode.Observe } : Unwritten;
        await using var fixture = await StartAsync(settings, Json(Ok), trail);

        var (answer, _) = await fixture.PostAsync(Call("echo"));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        await Eventually.UntilAsync(() => !trail.Lost.IsEmpty, Token);
        trail.Lost.ShouldHaveSingleItem().ShouldBeOfType<CallRecord>().Name.ShouldBe("echo");
        trail.Records.ShouldBeEmpty();
        trail.Places.ShouldBe(0);
    }

    // A program's upstream must have the whole message, which may be larger than what is read for a record.
    [Fact]
    public async Task LargeBody_ReachesAProgramThatTakesIt()
    {
        await using var fixture = await StdioFixture.StartAsync(
            StdioFixture.Settings(),
            policy: Policies.Route(Unwritten)
        );
        var session = await fixture.InitializeAsync();

        using var answer = await fixture.SendAsync(
            fixture.Call("echo", $$"""{"text":"{{new string('x', 5000)}}"}"""),
            session,
            change: r => r.Headers.TransferEncodingChunked = true
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Token));
    }

    // The clock advances until the call arrives, which must not end the call.
    private static HttpUpstreamSettings Patient(HttpUpstreamSettings settings)
    {
        var hour = TimeSpan.FromHours(1);
        return settings with { Timeouts = new UpstreamTimeouts(hour, hour, hour) };
    }

    private static string Head(PolicyFixture fixture, string framing) =>
        $"POST /mcp HTTP/1.1\r\nHost: {Support.Tunnel.Host}\r\nAuthorization: Bearer {fixture.Token()}\r\n"
        + $"Content-Type: application/json\r\n{framing}\r\n\r\n";

    // A record follows its answer, not the other way round.
}
