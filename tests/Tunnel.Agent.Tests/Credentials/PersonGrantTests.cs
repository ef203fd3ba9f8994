using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using Culvert.Machine.Client.Calls;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.Credentials;

/// <summary>Each person's own token for the upstream, and what callers without one get.</summary>
public sealed class PersonGrantTests : IDisposable
{
    private const string Page = "https://id.example.com/oauth/org_1/connect/conn_1";
    private const string Url = """{"elicitation":{"url":{}}}""";
    private const string Refusal = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n";
    private const string Connect =
        "Connect your account first: open " + Page + " and allow the access, then repeat the call.";

    private readonly FakeTimeProvider time = new();
    private readonly List<ConnectionTokenRequest> requests = [];
    private readonly LogLines log = new();
    private Func<ConnectionTokenRequest, ApiResult<ConnectionTokenAnswer>>? answer;

    public void Dispose() => log.Dispose();

    public PersonGrantTests() => answer = request => Issue($"{request.Subject}-{requests.Count}");

    [Fact]
    public async Task Call_TwoPeople_EachSendsTheirOwnToken_AskedForOnce()
    {
        await using var fixture = await StartAsync();

        (await SentAsync(fixture, "ada")).ShouldBe("Bearer ada-1");
        (await SentAsync(fixture, "bob")).ShouldBe("Bearer bob-2");
        (await SentAsync(fixture, "ada")).ShouldBe("Bearer ada-1");

        requests.ShouldBe([new("docs", fixture.Issuer.Url, "ada"), new("docs", fixture.Issuer.Url, "bob")]);
    }

    [Fact]
    public async Task Get_ThousandConcurrentCallersOfFiftyPeople_EachGetsTheirOwn_AndEachIsAskedForOnce()
    {
        const int People = 50;
        var asked = new ConcurrentDictionary<string, int>();
        var credential = new PersonGrantCredential(
            "docs",
            async (request, _) =>
            {
                asked.AddOrUpdate(request.Subject, 1, static (_, count) => count + 1);
                await Task.Yield();
                return Issue($"token-of-{request.Subject}");
            },
            time
        );

        var got = await Task.WhenAll(
            Enumerable
                .Range(0, 1_000)
                .Select(number => $"person{number % People}")
                .Select(person =>
                    Task.Run(async () => (person, (await credential.GetAsync(Calling(person), default)).BearerToken))
                )
        );

        got.ShouldAllBe(one => one.BearerToken == $"token-of-{one.person}");
        asked.Count.ShouldBe(People);
        asked.Values.ShouldAllBe(count => count == 1);
    }

    private static Exchange Calling(string person) =>
        new(new BodyReader(new BodyBudget(), TimeProvider.System))
        {
            Principal = new Principal
            {
                Issuer = "https://login.example.com",
                Subject = person,
                ClientId = "",
                Scopes = [],
                EndsAt = DateTimeOffset.MaxValue,
                KeyThumbprint = null,
            },
        };

    [Fact]
    public async Task Call_AfterFiveMinutes_AsksWhetherTheGrantStillExists()
    {
        await using var fixture = await StartAsync();
        (await SentAsync(fixture, "ada")).ShouldBe("Bearer ada-1");

        // A token of five minutes is renewed half a minute before its end.
        time.Advance(TimeSpan.FromSeconds(270));

        (await SentAsync(fixture, "ada")).ShouldBe("Bearer ada-2");
    }

    [Fact]
    public async Task Refused_AsksOnceForAnotherToken_AndThenNotBeforeHalfAMinute()
    {
        await using var fixture = await StartAsync(Refusal);

        (await ReasonAsync(fixture)).ShouldBe("upstream.credential_refused");
        (await ReasonAsync(fixture)).ShouldBe("upstream.credential_refused");
        (await ReasonAsync(fixture)).ShouldBe("upstream.credential_refused");
        requests
            .Select(request => request.RefusedTokenHash)
            .ShouldBe([null, ConnectionTokenRequest.HashToken("ada-1")]);

        time.Advance(PersonGrantCredential.RefusalPause);
        (await ReasonAsync(fixture)).ShouldBe("upstream.credential_refused");
        (await ReasonAsync(fixture)).ShouldBe("upstream.credential_refused");
        requests[^1].RefusedTokenHash.ShouldBe(ConnectionTokenRequest.HashToken("ada-2"));
        requests.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Refused_ServiceHasNoOtherToken_GetsThePage()
    {
        answer = _ => Issue("forever");
        await using var fixture = await StartAsync(Refusal);
        (await ReasonAsync(fixture)).ShouldBe("upstream.credential_refused");

        (await ReasonAsync(fixture)).ShouldBe("agent.connection_required");

        // The person has connected again, and the agent learns it with the next call.
        answer = _ => Issue("new");
        await fixture.Upstream.NextAsync();
        (await SentAsync(fixture, "ada")).ShouldBe("Bearer new");
    }

    [Theory]
    [InlineData("connection.grant_missing", 404)]
    [InlineData("connection.grant_ended", 409)]
    public async Task Missing_ModernClientThatOpensPages_IsAskedToOpenIt(string code, int status)
    {
        answer = _ => Fail(code, status, Page);
        await using var fixture = await StartAsync();

        var (reason, body) = await PostAsync(fixture, Modern("tools/call", Url), "2026-07-28", HttpStatusCode.OK);

        reason.ShouldBe("agent.connection_required");
        var result = body.GetProperty("result");
        result.GetProperty("resultType").GetString().ShouldBe("input_required");
        var asked = result.GetProperty("inputRequests").EnumerateObject().ShouldHaveSingleItem();
        asked.Name.ShouldBe("culvert.connection");
        asked.Value.GetProperty("method").GetString().ShouldBe("elicitation/create");
        var parameters = asked.Value.GetProperty("params");
        parameters.GetProperty("mode").GetString().ShouldBe("url");
        parameters.GetProperty("url").GetString().ShouldBe(Page);
        parameters.GetProperty("elicitationId").GetString().ShouldNotBeNullOrEmpty();
        parameters.GetProperty("message").GetString().ShouldBe(Connect);
        fixture.Upstream.Connections.ShouldBe(0);
    }

    [Theory]
    [InlineData("accept")]
    [InlineData("decline")]
    public async Task Missing_ClientThatHasAnswered_IsNotAskedAgain(string action)
    {
        answer = _ => Fail("connection.grant_missing", 404, Page);
        await using var fixture = await StartAsync();

        var (_, body) = await PostAsync(
            fixture,
            Modern("tools/call", Url, Answer(action)),
            "2026-07-28",
            HttpStatusCode.OK
        );

        ShouldBeToolError(body);
    }

    [Fact]
    public async Task Connected_ClientsAnswerAboutThePage_StaysWithTheAgent()
    {
        await using var fixture = await StartAsync();

        using var response = await fixture.SendAsync(
            fixture.Token(),
            json: Modern("tools/call", Url, Answer("accept")),
            change: Versioned("2026-07-28")
        );

        response.StatusCode.ShouldBe(HttpStatusCode.OK, log.Text);
        (await fixture.Upstream.NextAsync()).BodyText.ShouldBe(Modern("tools/call", Url));
    }

    // MCP 2025-11-25: the error that requires a URL elicitation.
    [Theory]
    [InlineData("tools/call", "2025-11-25", true)]
    [InlineData("tools/list", "2025-11-25", true)]
    [InlineData("tools/list", "2025-06-18", false)]
    [InlineData("tools/list", null, false)]
    public async Task Missing_LegacyClient_GetsAnErrorWithThePage(string method, string? version, bool hasPage)
    {
        answer = _ => Fail("connection.grant_missing", 404, Page);
        await using var fixture = await StartAsync();

        var (_, body) = await PostAsync(fixture, Legacy(method), version, HttpStatusCode.OK);

        ShouldBeError(body, hasPage);
    }

    [Theory]
    [InlineData("2025-11-25", true)]
    [InlineData("2025-03-26", false)]
    public async Task Missing_Initialize_IsAnsweredInTheOfferedRevision(string version, bool hasPage)
    {
        answer = _ => Fail("connection.grant_missing", 404, Page);
        await using var fixture = await StartAsync();
        var initialize =
            """{"jsonrpc":"2.0","id":7,"method":"initialize","params":{"protocolVersion":"VERSION","capabilities":{}}}""";

        var (_, body) = await PostAsync(fixture, initialize.Replace("VERSION", version), null, HttpStatusCode.OK);

        ShouldBeError(body, hasPage);
    }

    [Theory]
    [InlineData("2025-06-18")]
    [InlineData(null)]
    [InlineData("nonsense")]
    public async Task Missing_CallOfAnOlderClient_IsAToolErrorWithThePage(string? version)
    {
        answer = _ => Fail("connection.grant_missing", 404, Page);
        await using var fixture = await StartAsync();

        var (_, body) = await PostAsync(fixture, Legacy("tools/call"), version, HttpStatusCode.OK);

        ShouldBeToolError(body);
    }

    [Fact]
    public async Task Missing_ModernClientWithoutPages_GetsAToolErrorOrAnError()
    {
        answer = _ => Fail("connection.grant_missing", 404, Page);
        await using var fixture = await StartAsync();

        var (_, call) = await PostAsync(fixture, Modern("tools/call", "{}"), "2026-07-28", HttpStatusCode.OK);
        var (_, list) = await PostAsync(fixture, Modern("tools/list", Url), "2026-07-28", HttpStatusCode.OK);

        ShouldBeToolError(call);
        ShouldBeError(list, hasPage: false);
    }

    [Fact]
    public async Task Missing_RequestWithoutAMessage_Is403WithThePage()
    {
        answer = _ => Fail("connection.grant_missing", 404, Page);
        await using var fixture = await StartAsync();

        using var response = await fixture.SendAsync(fixture.Token(), HttpMethod.Get);

        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        using var body = JsonDocument.Parse(text);
        body.RootElement.GetProperty("error").GetProperty("message").GetString().ShouldBe(Connect);
        fixture.Upstream.Connections.ShouldBe(0);
    }

    [Theory]
    [InlineData("connection.unknown", 404, null)]
    [InlineData("connection.archived", 409, null)]
    [InlineData("connection.person_inactive", 403, null)]
    [InlineData("connection.upstream_unavailable", 503, null)]
    [InlineData("connection.unknown", 404, Page)]
    // Not a page that a browser may be sent to.
    [InlineData("connection.grant_missing", 404, null)]
    [InlineData("connection.grant_missing", 404, "http://id.example.com/connect")]
    [InlineData("connection.grant_missing", 404, "javascript:alert(1)")]
    [InlineData("connection.grant_missing", 404, "https://user@id.example.com/connect")]
    public async Task Refused_ByTheService_Is502AndTheLogSaysWhy(string code, int status, string? page)
    {
        answer = _ => Fail(code, status, page);
        await using var fixture = await StartAsync();

        var reason = await ReasonAsync(fixture, HttpStatusCode.BadGateway);

        reason.ShouldBe("agent.credential_unavailable");
        log.Text.ShouldContain(
            $"The identity service gave no token of the person: POST /v1/agent/connection_tokens: {status} {code} away"
        );
        fixture.Upstream.Connections.ShouldBe(0);
    }

    [Fact]
    public async Task Refused_NotEnrolled_SaysSo()
    {
        answer = null;
        await using var fixture = await StartAsync();

        (await ReasonAsync(fixture, HttpStatusCode.BadGateway)).ShouldBe("agent.credential_unavailable");

        log.Text.ShouldContain("The agent is not enrolled, and has no token of the person.");
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a\r\nX-Other: b")]
    public async Task Refused_AnswerThatIsNotAToken(string token)
    {
        answer = _ => Issue(token);
        await using var fixture = await StartAsync();

        (await ReasonAsync(fixture, HttpStatusCode.BadGateway)).ShouldBe("agent.credential_unavailable");

        log.Text.ShouldContain("The identity service answered with something that is not a token.");
    }

    [Fact]
    public async Task Logs_AfterCalls_HaveNoTokenAndNoSubject()
    {
        answer = request => Issue($"canary-token-of-{request.Subject}");
        await using var fixture = await StartAsync(Refusal);
        await ReasonAsync(fixture);
        answer = _ => Fail("connection.grant_missing", 404, Page);
        await ReasonAsync(fixture);

        log.Text.ShouldNotContain("canary-token");
        requests[0].ToString().ShouldBe("ConnectionTokenRequest { Route = docs }");
    }

    private Task<OauthFixture> StartAsync(string? upstream = null)
    {
        var credential = new PersonGrantCredential(
            "docs",
            (request, _) =>
            {
                requests.Add(request);
                return answer is null ? null : Task.FromResult(answer(request));
            },
            time
        );
        return upstream is null
            ? OauthFixture.StartAsync(credential: credential, loggers: log)
            : OauthFixture.StartAsync(answer: upstream, credential: credential, loggers: log);
    }

    private static async Task<string> SentAsync(OauthFixture fixture, string person)
    {
        using var response = await fixture.SendAsync(
            fixture.Token(claims => claims["sub"] = person),
            json: Legacy("tools/list")
        );
        return (await fixture.Upstream.NextAsync()).Header("Authorization").ShouldHaveSingleItem();
    }

    private static async Task<string> ReasonAsync(OauthFixture fixture, HttpStatusCode? status = null)
    {
        using var response = await fixture.SendAsync(
            fixture.Token(claims => claims["sub"] = "ada"),
            json: Legacy("tools/list")
        );
        if (status is { } expected)
        {
            response.StatusCode.ShouldBe(expected);
        }

        return response.Headers.GetValues("culvert-reason").ShouldHaveSingleItem();
    }

    private static async Task<(string Reason, JsonElement Body)> PostAsync(
        OauthFixture fixture,
        string json,
        string? version,
        HttpStatusCode status
    )
    {
        using var response = await fixture.SendAsync(
            fixture.Token(),
            json: json,
            change: version is null ? null : Versioned(version)
        );
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(status, text);
        return (
            response.Headers.GetValues("culvert-reason").ShouldHaveSingleItem(),
            JsonSerializer.Deserialize<JsonElement>(text)
        );
    }

    private static Action<HttpRequestMessage> Versioned(string version) =>
        request => request.Headers.Add("MCP-Protocol-Version", version);

    private static void ShouldBeError(JsonElement body, bool hasPage)
    {
        body.GetProperty("id").GetInt32().ShouldBe(7);
        var error = body.GetProperty("error");
        error.GetProperty("code").GetInt32().ShouldBe(-32042);
        error.GetProperty("message").GetString().ShouldBe(Connect);
        var data = error.GetProperty("data");
        data.GetProperty("error_code").GetString().ShouldBe("agent.connection_required");
        data.TryGetProperty("elicitations", out var elicitations).ShouldBe(hasPage);
        if (hasPage)
        {
            var one = elicitations.EnumerateArray().ShouldHaveSingleItem();
            one.GetProperty("mode").GetString().ShouldBe("url");
            one.GetProperty("url").GetString().ShouldBe(Page);
            one.GetProperty("elicitationId").GetString().ShouldBe(data.GetProperty("request_id").GetString());
            one.GetProperty("message").GetString().ShouldBe(Connect);
        }
    }

    private static void ShouldBeToolError(JsonElement body)
    {
        body.GetProperty("id").GetInt32().ShouldBe(7);
        var result = body.GetProperty("result");
        result.GetProperty("isError").GetBoolean().ShouldBeTrue();
        var content = result.GetProperty("content").EnumerateArray().ShouldHaveSingleItem();
        content.GetProperty("type").GetString().ShouldBe("text");
        content.GetProperty("text").GetString().ShouldBe(Connect);
    }

    private static string Legacy(string method) =>
        """{"jsonrpc":"2.0","id":7,"method":"METHOD","params":{"name":"pay","arguments":{}}}""".Replace(
            "METHOD",
            method
        );

    private static string Modern(string method, string capabilities, string more = "") =>
        new StringBuilder()
            .Append("""{"jsonrpc":"2.0","id":7,"method":"METHOD","params":{"name":"pay","arguments":{},"_meta":{""")
            .Append("\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\",")
            .Append("\"io.modelcontextprotocol/clientCapabilities\":CAPABILITIES}MORE}}")
            .Replace("METHOD", method)
            .Replace("CAPABILITIES", capabilities)
            .Replace("MORE", more)
            .ToString();

    private static string Answer(string action) =>
        $$""","inputResponses":{"culvert.connection":{"action":"{{action}}"}""" + "}";

    private ConnectionTokenAnswer Issue(string token) => new(token, time.GetUtcNow() + TimeSpan.FromHours(1), Page);

    private static ApiFailure Fail(string code, int status, string? page) =>
        new()
        {
            Kind = status < 500 ? ApiFailureKind.Refused : ApiFailureKind.Unavailable,
            Operation = "POST /v1/agent/connection_tokens",
            Status = status,
            Code = code,
            Message = "away",
            ConnectUrl = WebPage.Find(page),
        };
}
