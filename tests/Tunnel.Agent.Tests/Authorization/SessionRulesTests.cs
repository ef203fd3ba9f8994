using System.Net;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.Authorization;

/// <summary>Rule P8: only the principal that received a session id can use it.</summary>
public sealed class SessionRulesTests
{
    private const string Header = "Mcp-Session-Id";
    private const string Minting = "HTTP/1.1 200 OK\r\nMcp-Session-Id: canary-session-1\r\nContent-Length: 0\r\n\r\n";

    private const string LastEvent = "Last-Event-ID";
    private const string Events = "id: canary-event-1\ndata:\n\nid: canary-event-2\ndata: {\"a\":1}\n\n";

    private static readonly string Streaming =
        $"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: {Events.Length}\r\n\r\n{Events}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P8_SessionOfAnotherPrincipal_IsUnknown()
    {
        await using var fixture = await OauthFixture.StartAsync(answer: Minting);
        var (alice, bob) = (fixture.Token(), fixture.Token(c => c["sub"] = "bob"));
        var session = await BeginAsync(fixture, alice);

        using var own = await fixture.SendAsync(alice, change: With(session));
        using var others = await fixture.SendAsync(bob, change: With(session));
        using var client = await fixture.SendAsync(
            fixture.Token(c => c["client_id"] = "client-2"),
            change: With(session)
        );
        using var bare = await fixture.SendAsync(alice, change: With("canary-session-1"));
        using var none = await fixture.SendAsync(change: With(session));

        own.StatusCode.ShouldBe(HttpStatusCode.OK);
        own.Headers.GetValues(Header).ShouldBe([session]);
        others.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        client.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        bare.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        none.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await WithoutRequestIdAsync(bare)).ShouldBe(await WithoutRequestIdAsync(others));
    }

    [Fact] // the same as a second agent of the tunnel: it has the key, and has never seen the session
    public async Task P8_AgentWasRestarted_ThiefIsRefusedAndOwnerGoesOn()
    {
        var key = new SessionKey();
        var log = new LogLines();
        string session;
        await using (var before = await OauthFixture.StartAsync(answer: Minting, loggers: log, sessionKey: key))
        {
            session = await BeginAsync(before, before.Token());
        }

        await using var after = await OauthFixture.StartAsync(answer: Minting, loggers: log, sessionKey: key);

        using var theft = await after.SendAsync(after.Token(c => c["sub"] = "bob"), change: With(session));
        using var owner = await after.SendAsync(after.Token(), change: With(session));

        theft.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        StdioFixture.Reason(theft).ShouldBe("agent.session_unknown");
        owner.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await after.Upstream.NextAsync()).Header(Header).ShouldBe(["canary-session-1"]);
        after.Upstream.Connections.ShouldBe(1);
        log.Text.ShouldNotContain("canary-session");
    }

    [Theory] // M1: revisions without sessions ignore the header; P8: another caller's id reaches no upstream
    [InlineData("2026-07-28", HttpStatusCode.OK)]
    [InlineData("2027-01-01", HttpStatusCode.OK)]
    [InlineData("2025-11-25", HttpStatusCode.NotFound)]
    [InlineData("2026-07-2x", HttpStatusCode.NotFound)]
    [InlineData("9", HttpStatusCode.NotFound)]
    public async Task M1_ForeignSession_IsLeftOutWhereThereAreNone(string version, HttpStatusCode status)
    {
        await using var fixture = await OauthFixture.StartAsync(answer: Minting);
        var session = await BeginAsync(fixture, fixture.Token());

        using var others = await fixture.SendAsync(
            fixture.Token(c => c["sub"] = "bob"),
            change: request =>
            {
                With(session)(request);
                request.Headers.TryAddWithoutValidation("MCP-Protocol-Version", version);
            }
        );

        others.StatusCode.ShouldBe(status);
        if (status == HttpStatusCode.OK)
        {
            (await fixture.Upstream.NextAsync()).Header(Header).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task P8_SessionOfAnotherRoute_IsUnknown()
    {
        await using var fixture = await OauthFixture.StartAsync(answer: Minting, routes: ["docs", "mail"]);
        var session = await BeginAsync(fixture, fixture.Token());

        using var other = await fixture.SendAsync(
            fixture.Token(resource: "https://mail.t1.example.test/mcp"),
            host: "mail.t1.example.test",
            change: With(session)
        );

        other.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task P8_RouteWithoutTokens_LeavesIdsAsTheyAre()
    {
        await using var upstream = RawUpstream.Answering(Minting);
        await using var tunnel = new Support.Tunnel();
        tunnel.Add("docs", upstream.Port);
        await tunnel.StartAsync();
        using var client = tunnel.Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/mcp");
        With("any")(request);

        using var answer = await client.SendAsync(request, Token);

        answer.Headers.GetValues(Header).ShouldBe(["canary-session-1"]);
        (await upstream.NextAsync()).Header(Header).ShouldBe(["any"]);
    }

    [Theory]
    [InlineData(SessionBinding.MaxIdLength, 1, HttpStatusCode.OK)]
    [InlineData(SessionBinding.MaxIdLength + 1, 1, HttpStatusCode.BadGateway)]
    [InlineData(1, 2, HttpStatusCode.BadGateway)]
    public async Task P8_IdThatCannotBeBound_FailsTheAnswer(int length, int count, HttpStatusCode status)
    {
        var headers = string.Concat(Enumerable.Repeat($"{Header}: {new string('s', length)}\r\n", count));
        await using var fixture = await OauthFixture.StartAsync(
            answer: $"HTTP/1.1 200 OK\r\n{headers}Content-Length: 0\r\n\r\n"
        );

        using var answer = await fixture.SendAsync(fixture.Token());

        answer.StatusCode.ShouldBe(status);
        if (status != HttpStatusCode.OK)
        {
            StdioFixture.Reason(answer).ShouldBe("upstream.bad_response");
            answer.Headers.Contains(Header).ShouldBeFalse();
        }
    }

    [Fact] // with every id that a server gives out, over a restart of the agent
    public async Task P8_EventOfAnotherPrincipal_IsUnknown()
    {
        var key = new SessionKey();
        string[] minted;
        await using (var before = await OauthFixture.StartAsync(answer: Streaming, sessionKey: key))
        {
            using var stream = await before.SendAsync(before.Token());
            minted = IdsIn(await stream.Content.ReadAsStringAsync(Token));
            minted.ShouldBe([before.EventOf("canary-event-1"), before.EventOf("canary-event-2")]);
        }

        await using var after = await OauthFixture.StartAsync(answer: Streaming, sessionKey: key);
        string[] refused = [.. minted, "canary-event-1", "canary-event-2", after.SessionOf("canary-event-1", "bob")];
        foreach (var last in refused)
        {
            using var others = await after.SendAsync(after.Token(c => c["sub"] = "bob"), change: Behind(last));
            others.StatusCode.ShouldBe(HttpStatusCode.BadRequest, last);
            StdioFixture.Reason(others).ShouldBe("agent.event_unknown");
        }

        after.Upstream.Connections.ShouldBe(0);
        using var owner = await after.SendAsync(after.Token(), change: Behind(minted[1]));
        owner.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await after.Upstream.NextAsync()).Header(LastEvent).ShouldBe(["canary-event-2"]);
    }

    [Theory] // clients read a stream of events from each of these
    [InlineData("Text/Event-Stream")]
    [InlineData("text/event-stream; charset")]
    [InlineData("text/event-stream, text/event-stream")]
    public async Task P8_EventsUnderAnyFormOfTheirType_AreThePrincipals(string type)
    {
        await using var fixture = await OauthFixture.StartAsync(
            answer: Streaming.Replace("text/event-stream", type, StringComparison.Ordinal)
        );

        using var stream = await fixture.SendAsync(fixture.Token());

        IdsIn(await stream.Content.ReadAsStringAsync(Token))
            .ShouldBe([fixture.EventOf("canary-event-1"), fixture.EventOf("canary-event-2")]);
    }

    [Theory] // what names no event, and what a revision without sessions ignores
    [InlineData("", "2025-11-25")]
    [InlineData("canary-event-1", "2026-07-28")]
    public async Task P8_LastEventThatIsIgnored_ReachesNoUpstream(string last, string version)
    {
        await using var fixture = await OauthFixture.StartAsync();

        using var answer = await fixture.SendAsync(
            fixture.Token(),
            change: request =>
            {
                Behind(last)(request);
                request.Headers.TryAddWithoutValidation("MCP-Protocol-Version", version);
            }
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await fixture.Upstream.NextAsync()).Header(LastEvent).ShouldBeEmpty();
    }

    [Fact]
    public async Task P8_RouteWithoutTokens_LeavesEventsAsTheyAre()
    {
        await using var upstream = RawUpstream.Answering(Streaming);
        await using var tunnel = new Support.Tunnel();
        tunnel.Add("docs", upstream.Port);
        await tunnel.StartAsync();
        using var client = tunnel.Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/mcp");
        Behind("any")(request);

        using var answer = await client.SendAsync(request, Token);

        IdsIn(await answer.Content.ReadAsStringAsync(Token)).ShouldBe(["canary-event-1", "canary-event-2"]);
        (await upstream.NextAsync()).Header(LastEvent).ShouldBe(["any"]);
    }

    private static string[] IdsIn(string stream) =>
        [.. stream.Split('\n').Where(l => l.StartsWith("id: ", StringComparison.Ordinal)).Select(l => l[4..])];

    private static Action<HttpRequestMessage> Behind(string last) =>
        request => request.Headers.TryAddWithoutValidation(LastEvent, last);

    private static Action<HttpRequestMessage> With(string session) =>
        request => request.Headers.TryAddWithoutValidation(Header, session);

    private static async Task<string> BeginAsync(OauthFixture fixture, string token)
    {
        using var minted = await fixture.SendAsync(token);
        await fixture.Upstream.NextAsync();
        return minted.Headers.GetValues(Header).Single();
    }

    private static async Task<string> WithoutRequestIdAsync(HttpResponseMessage answer)
    {
        var headers = answer.Headers.Where(h => h.Key is not ("Request-Id" or "Date"));
        var body = await answer.Content.ReadAsStringAsync(Token);
        return string.Join('\n', headers.Select(h => $"{h.Key}: {string.Join(',', h.Value)}"))
            + body[..body.LastIndexOf("request_id", StringComparison.Ordinal)];
    }
}
