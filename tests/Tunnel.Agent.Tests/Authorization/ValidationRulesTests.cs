using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Culvert.PropertyTesting;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Tests.Support;
using Culvert.Tunnel.Agent.Upstreams;
using FsCheck;
using FsCheck.Fluent;

namespace Culvert.Tunnel.Agent.Tests.Authorization;

/// <summary>Rules A7–A15: which tokens are good for what.</summary>
public sealed class ValidationRulesTests
{
    private static readonly byte[][] Audience = [Encoding.UTF8.GetBytes(OauthFixture.Resource)];

    private readonly FakeTimeProvider time = new();
    private readonly TestIssuer issuer = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("https://docs.t1.example.test/mcp", 200)]
    [InlineData("api://docs", 200)]
    [InlineData("https://docs.t1.example.test/mcp/", 401)]
    [InlineData("https://DOCS.t1.example.test/mcp", 401)]
    [InlineData("https://docs.t1.example.test", 401)]
    [InlineData("docs", 401)]
    [InlineData("", 401)]
    public async Task A7_Audience_IsTheResourceOrAListedAlternative(string audience, int status)
    {
        await using var fixture = await OauthFixture.StartAsync(o => o with { Audiences = ["api://docs"] });

        using var answer = await fixture.SendAsync(fixture.Token(resource: audience));

        ((int)answer.StatusCode).ShouldBe(status);
    }

    [Fact]
    public async Task A7_ListOfAudiences_MayHoldTheResource()
    {
        await using var fixture = await OauthFixture.StartAsync();

        using var answer = await fixture.SendAsync(
            fixture.Token(c => c["aud"] = new JsonArray("https://else.example", OauthFixture.Resource))
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A7_LongListOfAudiences_MayHoldTheResource()
    {
        var others = string.Concat(Enumerable.Range(0, 100).Select(i => $"\"client-{i}\","));
        var token = issuer.Token(
            OauthFixture.Resource,
            time.GetUtcNow(),
            c => c["aud"] = JsonNode.Parse($"[{others}\"{OauthFixture.Resource}\"]")
        );

        (await ValidateAsync(token)).Error.ShouldBe(TokenError.None);
    }

    [Theory]
    [InlineData("jku", "\"https://login.example.test/token_keys\"")]
    [InlineData("x5u", "\"https://login.example.test/chain\"")]
    [InlineData("x5c", "[\"MIIB\"]")]
    [InlineData("jwk", "{\"kty\":\"oct\"}")]
    [InlineData("cty", "\"JWT\"")]
    public async Task A9_HeaderThatIsNotUnderstood_IsIgnored(string member, string value)
    {
        var (now, other) = (time.GetUtcNow(), new TestIssuer());
        var token = issuer.Token(OauthFixture.Resource, now, header: h => h[member] = JsonNode.Parse(value));
        var forged = other.Token(OauthFixture.Resource, now, header: h => h[member] = JsonNode.Parse(value));

        (await ValidateAsync(token)).Error.ShouldBe(TokenError.None);
        (await ValidateAsync(forged)).Error.ShouldBe(TokenError.Signature);
    }

    [Fact]
    public async Task A9_ManyAndDeepClaims_AreRead()
    {
        var token = issuer.Token(
            OauthFixture.Resource,
            time.GetUtcNow(),
            c =>
            {
                for (var i = 0; i < 300; i++)
                {
                    c[$"claim-{i}"] = i;
                }

                c["deep"] = JsonNode.Parse(new string('[', 20) + new string(']', 20));
            }
        );

        (await ValidateAsync(token)).Error.ShouldBe(TokenError.None);
    }

    [Fact]
    public async Task A10_TokenWithoutKid_NeedsTheIssuersSetting()
    {
        var token = issuer.Token(OauthFixture.Resource, time.GetUtcNow(), header: h => h.Remove("kid"));

        (await ValidateAsync(token, issuer.Settings with { AllowMissingKid = true })).Error.ShouldBe(TokenError.None);
        (await ValidateAsync(token)).Principal.ShouldBeNull();
    }

    // RFC 7519 §2: any number. It ends with the second before a fraction and begins with the one after it.
    [Theory]
    [InlineData("exp", 129, nameof(TokenError.None))]
    [InlineData("exp", 130, nameof(TokenError.Expired))]
    [InlineData("nbf", 70, nameof(TokenError.NotYetValid))]
    [InlineData("nbf", 71, nameof(TokenError.None))]
    public async Task A10_TimesWithFractions_NeverReachFurther(string claim, int seconds, string fault)
    {
        var start = time.GetUtcNow();
        var fraction = JsonNode.Parse($"{start.AddSeconds(100).ToUnixTimeSeconds()}.5");
        var token = issuer.Token(OauthFixture.Resource, start.AddDays(1), c => c[claim] = fraction);

        time.Advance(TimeSpan.FromSeconds(seconds));

        (await ValidateAsync(token)).Error.ToString().ShouldBe(fault);
    }

    [Theory]
    [InlineData("exp", "\"1\"", "Claims (exp)")]
    [InlineData("exp", "-1", "Claims (exp)")]
    [InlineData("nbf", "\"1\"", "Claims (nbf)")]
    [InlineData("aud", "[1]", "Claims (aud)")]
    [InlineData("sub", "1", "Claims (sub)")]
    [InlineData("scope", "1", "Claims (scope)")]
    [InlineData("deep", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", "Malformed (TooDeep)")]
    public async Task Reason_RefusedClaim_IsNamed(string claim, string value, string reason)
    {
        var token = issuer.Token(OauthFixture.Resource, time.GetUtcNow(), c => c[claim] = JsonNode.Parse(value));

        (await ValidateAsync(token)).Reason.ShouldBe(reason);
    }

    [Fact]
    public async Task Reason_RefusedHeaderOrKey_IsNamed()
    {
        var now = time.GetUtcNow();
        string Made(Action<JsonObject> header) => issuer.Token(OauthFixture.Resource, now, header: header);

        (await ValidateAsync(Made(h => h["crit"] = new JsonArray("exp")))).Reason.ShouldBe(
            "Malformed (CriticalHeader)"
        );
        (await ValidateAsync(Made(h => h["alg"] = "RS256"))).Reason.ShouldBe("Algorithm (AlgorithmKeyMismatch)");
        (await ValidateAsync(Made(h => h["kid"] = "other"))).Reason.ShouldBe("KeyUnknown (KeyUnknown)");
        (await ValidateAsync(new string('a', 20_000))).Reason.ShouldBe("Malformed (TokenTooLarge)");
    }

    [Fact]
    public async Task A8_AllOrderedPairsOfHostnames_RefuseEachOthersTokens()
    {
        string[] routes = ["docs", "files", "mail", "@"];
        await using var fixture = await OauthFixture.StartAsync(routes: routes);
        string HostOf(string route) => route == "@" ? "t1.example.test" : $"{route}.t1.example.test";

        foreach (var meant in routes)
        {
            var token = fixture.Token(resource: $"https://{HostOf(meant)}/mcp");
            foreach (var used in routes)
            {
                using var answer = await fixture.SendAsync(token, host: HostOf(used));
                answer.StatusCode.ShouldBe(
                    meant == used ? HttpStatusCode.OK : HttpStatusCode.Unauthorized,
                    $"for {meant} at {used}"
                );
            }
        }
    }

    [Theory]
    [InlineData("https://mail.t1.example.test/mcp", HttpStatusCode.NotFound, "docs")]
    [InlineData("https://mail.t1.example.test/other", HttpStatusCode.OK, "")]
    public async Task A8_AudienceThatIsAnotherRoutesDerivedResource_LeavesTheRouteUnserved(
        string audience,
        HttpStatusCode status,
        string unserved
    )
    {
        await using var fixture = new OauthFixture();
        var settings = new OauthSettings { Mode = OauthMode.Required, Issuers = ["corp"] };
        var both = settings with { Audiences = [audience] };
        fixture.Tunnel.Add(
            "docs",
            fixture.Upstream.Port,
            new RouteAccess(both, [fixture.Keys], NoCredential.Instance, fixture.Time)
        );
        fixture.Tunnel.Add("mail", fixture.Upstream.Port, fixture.Access());
        await fixture.Tunnel.StartAsync();

        using var shared = await fixture.SendAsync(fixture.Token());
        using var other = await fixture.SendAsync(
            fixture.Token(resource: "https://mail.t1.example.test/mcp"),
            host: "mail.t1.example.test"
        );

        shared.StatusCode.ShouldBe(status);
        other.StatusCode.ShouldBe(HttpStatusCode.OK);
        string.Join(',', fixture.Tunnel.Map.Current.Unserved).ShouldBe(unserved);
    }

    [Theory]
    [InlineData("alg", "none", nameof(TokenError.Malformed))]
    [InlineData("alg", "HS256", nameof(TokenError.Malformed))]
    [InlineData("alg", "es256", nameof(TokenError.Malformed))]
    [InlineData("alg", "ES384", nameof(TokenError.Algorithm))]
    [InlineData("alg", "RS256", nameof(TokenError.Algorithm))]
    [InlineData("typ", "JWT", nameof(TokenError.Type))]
    [InlineData("typ", null, nameof(TokenError.Type))]
    [InlineData("typ", "id+jwt", nameof(TokenError.Type))]
    [InlineData("typ", "AT+JWT", nameof(TokenError.None))]
    [InlineData("typ", "application/at+jwt", nameof(TokenError.None))]
    public async Task A9_AlgorithmAndType_AreThoseOfTheIssuer(string member, string? value, string fault)
    {
        var token = issuer.Token(OauthFixture.Resource, time.GetUtcNow(), header: h => h[member] = value);
        if (value is null)
        {
            token = issuer.Token(OauthFixture.Resource, time.GetUtcNow(), header: h => h.Remove(member));
        }

        (await ValidateAsync(token)).Error.ToString().ShouldBe(fault);
    }

    [Theory]
    [InlineData("nonce", "n")]
    [InlineData("at_hash", "x")]
    [InlineData("c_hash", "x")]
    [InlineData("typ", "ID")]
    public async Task A9_IdentityToken_IsRefusedWherePlainTypesPass(string claim, string value)
    {
        var relaxed = issuer.Settings with { Types = ["JWT"] };
        var plain = issuer.Token(OauthFixture.Resource, time.GetUtcNow(), header: h => h["typ"] = "JWT");
        var identity = issuer.Token(
            OauthFixture.Resource,
            time.GetUtcNow(),
            c => c[claim] = value,
            h => h["typ"] = "JWT"
        );

        (await ValidateAsync(plain, relaxed)).Error.ShouldBe(TokenError.None);
        (await ValidateAsync(identity, relaxed)).Error.ShouldBe(TokenError.IdentityToken);
    }

    [Theory]
    [InlineData("https://login.example.test/")]
    [InlineData("https://LOGIN.example.test")]
    [InlineData("http://login.example.test")]
    [InlineData("")]
    public async Task A10_Issuer_IsComparedByteForByte(string claimed)
    {
        var token = issuer.Token(OauthFixture.Resource, time.GetUtcNow(), c => c["iss"] = claimed);

        (await ValidateAsync(token)).Error.ShouldBe(TokenError.Issuer);
    }

    // The leeway is 30 s; the token says 100.
    [Theory]
    [InlineData("exp", 129, nameof(TokenError.None))]
    [InlineData("exp", 130, nameof(TokenError.Expired))]
    [InlineData("exp", 131, nameof(TokenError.Expired))]
    [InlineData("nbf", 69, nameof(TokenError.NotYetValid))]
    [InlineData("nbf", 70, nameof(TokenError.None))]
    [InlineData("nbf", 71, nameof(TokenError.None))]
    public async Task A10_Times_HoldWithinTheLeeway(string claim, int seconds, string fault)
    {
        var start = time.GetUtcNow();
        var token = issuer.Token(
            OauthFixture.Resource,
            start.AddDays(1),
            c => c[claim] = start.AddSeconds(100).ToUnixTimeSeconds()
        );

        time.Advance(TimeSpan.FromSeconds(seconds));

        (await ValidateAsync(token)).Error.ToString().ShouldBe(fault);
    }

    [Fact]
    public async Task A12_Validity_IsNotRememberedBeyondTheEnd()
    {
        await using var fixture = await OauthFixture.StartAsync(time: time);
        var token = fixture.Token();

        using (var answer = await fixture.SendAsync(token))
        {
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        time.Advance(TimeSpan.FromSeconds(331));
        using var late = await fixture.SendAsync(token);
        late.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    public async Task A12_Stream_OutlivesItsTokenByTheGraceAlone(int grace)
    {
        await using var upstream = RawUpstream.Scripted(
            async (_, stream, token) =>
            {
                await stream.WriteAsync(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n: hi\n\r\n"u8.ToArray(),
                    token
                );
                await Never.RespondAsync(token);
                return false;
            }
        );
        await using var fixture = new OauthFixture(
            o => o with { StreamGrace = TimeSpan.FromSeconds(grace) },
            time: time
        );
        fixture.Tunnel.Add(
            "docs",
            upstream.Port,
            fixture.Access(),
            u =>
                u with
                {
                    Timeouts = new UpstreamTimeouts(
                        TimeSpan.FromHours(1),
                        TimeSpan.FromHours(1),
                        TimeSpan.FromHours(1)
                    ),
                }
        );
        await fixture.Tunnel.StartAsync();
        await using var client = new RawClient(await fixture.Tunnel.ConnectAsync());
        await client.SendAsync(
            $"GET /mcp HTTP/1.1\r\nHost: docs.t1.example.test\r\nAuthorization: Bearer {fixture.Token()}\r\n\r\n"
        );
        await client.ReadUntilAsync(": hi\n\r\n");

        // 300 s of the token, 30 s of leeway, then the grace.
        time.Advance(TimeSpan.FromSeconds(329 + grace));
        var rest = client.ReadBytesAsync(1);
        rest.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromSeconds(2));

        await Should.ThrowAsync<IOException>(() => rest.WaitAsync(Eventually.Limit, Token));
    }

    [Fact]
    public async Task A12_BodyThatIsJudged_EndsWithItsToken()
    {
        await using var fixture = new OauthFixture(Stepped, time: time);
        var settings = Support.Tunnel.UpstreamTo(fixture.Upstream.Port);
        var hour = settings.Timeouts with { StreamIdle = TimeSpan.FromHours(1) };
        fixture.Tunnel.Add("docs", fixture.Upstream.Port, fixture.Access(), u => u with { Timeouts = hour });
        await fixture.Tunnel.StartAsync();
        await using var client = new RawClient(await fixture.Tunnel.ConnectAsync());
        await client.SendAsync(
            $"POST /mcp HTTP/1.1\r\nHost: {Support.Tunnel.Host}\r\nExpect: 100-continue\r\n"
                + $"Authorization: Bearer {fixture.Token(c => c["scope"] = "docs.read")}\r\nContent-Length: 100\r\n\r\n"
        );
        await client.ReadUntilAsync("100 Continue\r\n\r\n"); // the body is being read
        await client.SendAsync("{");

        time.Advance(TimeSpan.FromSeconds(330)); // 300 s of the token, 30 s of leeway
        var head = await client.ReadHeadAsync();

        head.ShouldStartWith("HTTP/1.1 401 ");
        head.ShouldContain("error=\"invalid_token\"");
        fixture.Upstream.Connections.ShouldBe(0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    public async Task A12_StreamedBody_EndsWithItsToken(int grace)
    {
        await using var fixture = new OauthFixture(
            o => o with { StreamGrace = TimeSpan.FromSeconds(grace) },
            time: time
        );
        await StartPatientAsync(fixture, fixture.Upstream.Port);
        await using var client = new RawClient(await fixture.Tunnel.ConnectAsync());
        await SendHalfAsync(client, fixture.Token());

        time.Advance(TimeSpan.FromSeconds(329 + grace)); // 300 s of the token, 30 s of leeway, then the grace
        var head = client.ReadHeadAsync();
        head.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromSeconds(2));

        (await head).ShouldStartWith("HTTP/1.1 401 ");
        (await head).ShouldContain("error=\"invalid_token\"");
        (await head).ShouldContain("agent.token_invalid");
    }

    [Fact]
    public async Task A12_BodyThatCameInTime_MayBeAnsweredLater()
    {
        var answer = new TaskCompletionSource();
        await using var upstream = RawUpstream.Scripted(
            async (_, stream, token) =>
            {
                await answer.Task.WaitAsync(token);
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray(), token);
                return true;
            }
        );
        await using var fixture = new OauthFixture(time: time);
        await StartPatientAsync(fixture, upstream.Port);
        await using var client = new RawClient(await fixture.Tunnel.ConnectAsync());
        await SendHalfAsync(client, fixture.Token());
        await client.SendAsync("}");
        await upstream.NextAsync();

        time.Advance(TimeSpan.FromSeconds(331));
        answer.SetResult();

        (await client.ReadHeadAsync()).ShouldStartWith("HTTP/1.1 200 ");
    }

    private static async Task StartPatientAsync(OauthFixture fixture, int port)
    {
        var hour = new UpstreamTimeouts(TimeSpan.FromHours(1), TimeSpan.FromHours(1), TimeSpan.FromHours(1));
        fixture.Tunnel.Add("docs", port, fixture.Access(), u => u with { Timeouts = hour });
        await fixture.Tunnel.StartAsync();
    }

    // One byte of two: the answer 100 shows that the body is being read.
    private static async Task SendHalfAsync(RawClient client, string token)
    {
        await client.SendAsync(
            $"POST /mcp HTTP/1.1\r\nHost: {Support.Tunnel.Host}\r\nExpect: 100-continue\r\n"
                + $"Authorization: Bearer {token}\r\nContent-Length: 2\r\n\r\n"
        );
        await client.ReadUntilAsync("100 Continue\r\n\r\n");
        await client.SendAsync("{");
    }

    [Theory]
    [InlineData("docs.read", "list_things", 200, "")]
    [InlineData("docs.read", "delete_thing", 403, "docs.read docs.write")]
    [InlineData("docs.read docs.write", "delete_thing", 200, "")]
    [InlineData("docs.admin", "delete_thing", 200, "")]
    [InlineData("docs.admin", "list_things", 200, "")]
    [InlineData("other", "list_things", 403, "docs.read")]
    public async Task A13_MissingScope_NamesAllThatTheOperationNeeds(
        string granted,
        string tool,
        int status,
        string asked
    )
    {
        await using var fixture = await OauthFixture.StartAsync(Stepped);

        using var answer = await fixture.SendAsync(fixture.Token(c => c["scope"] = granted), json: Call(tool));

        ((int)answer.StatusCode).ShouldBe(status);
        if (status == 403)
        {
            var challenge = answer.Headers.WwwAuthenticate.First().Parameter!;
            challenge.ShouldContain("error=\"insufficient_scope\"");
            challenge.ShouldContain($"scope=\"{asked}\"");
            challenge.ShouldContain("resource_metadata=\"https://");
            fixture.Upstream.Connections.ShouldBe(0);
        }
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_x"},"method":"tools/list"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_x","name":"delete_x"}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_x","Name":"delete_x"}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"METHOD":"tools/call","method":"tools/list"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_x"},"params":{}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":7}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_x"},"paramſ":{}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_x"},"param\u017f":{}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_x","\u212a":1}}""")]
    [InlineData("""[{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"delete_x"}}]""")]
    [InlineData("not json")]
    [InlineData("")]
    public async Task A13_BodyThatCouldBeReadTwoWays_IsRefused(string body)
    {
        await using var fixture = await OauthFixture.StartAsync(Stepped);

        using var answer = await fixture.SendAsync(
            fixture.Token(c => c["scope"] = "docs.read"),
            json: body.Length > 0 ? body : " "
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        fixture.Upstream.Connections.ShouldBe(0);
    }

    [Theory]
    [InlineData("application/json", HttpStatusCode.OK)]
    [InlineData("application/json; charset=UTF-8", HttpStatusCode.OK)]
    [InlineData("application/json; charset=\"utf-8\"", HttpStatusCode.OK)]
    [InlineData("application/json; charset=utf8", HttpStatusCode.OK)]
    [InlineData("application/json; Charset=utf-7", HttpStatusCode.BadRequest)]
    [InlineData("application/json; charset=\"utf-16\"", HttpStatusCode.BadRequest)]
    [InlineData("application/json; charset=utf-8; charset=utf-7", HttpStatusCode.BadRequest)]
    [InlineData("application/json; charset*=utf-8''utf-7", HttpStatusCode.BadRequest)]
    [InlineData("application/json; charset=utf-8, text/plain; charset=utf-7", HttpStatusCode.BadRequest)]
    [InlineData("application/json\r\nContent-Type: application/json; charset=utf-7", HttpStatusCode.BadRequest)]
    [InlineData("; charset=utf-7", HttpStatusCode.BadRequest)]
    public async Task A13_BodyInAnotherCharset_IsRefused(string contentType, HttpStatusCode status)
    {
        await using var fixture = await OauthFixture.StartAsync(Stepped);
        await using var client = new RawClient(await fixture.Tunnel.ConnectAsync());
        var body = Call("list_x");

        var (head, _) = await client.CallAsync(
            $"POST /mcp HTTP/1.1\r\nHost: {Support.Tunnel.Host}\r\nContent-Type: {contentType}\r\n"
                + $"Authorization: Bearer {fixture.Token(c => c["scope"] = "docs.read")}\r\n"
                + $"Content-Length: {body.Length}\r\n\r\n{body}"
        );

        head.ShouldStartWith($"HTTP/1.1 {(int)status} ");
        fixture.Upstream.Connections.ShouldBe(status == HttpStatusCode.OK ? 1 : 0);
    }

    [Fact]
    public async Task A13_EscapedName_IsTheSameName()
    {
        await using var fixture = await OauthFixture.StartAsync(Stepped);

        using var answer = await fixture.SendAsync(
            fixture.Token(c => c["scope"] = "docs.read"),
            json: """{"jsonrpc":"2.0","id":1,"m\u0065thod":"tools/c\u0061ll","params":{"n\u0061me":"\u0064elete_x"}}"""
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("Mcp-Method", "tools/list")]
    [InlineData("Mcp-Name", "list_other")]
    [InlineData("Mcp-Name", "=?base64?bGlzdF9vdGhlcg==?=")]
    [InlineData("Mcp-Name", "=?base64?=")]
    [InlineData("Mcp-Name", "=?base64??=")]
    public async Task A13_HeadersThatContradictTheBody_AreRefused(string header, string value)
    {
        await using var fixture = await OauthFixture.StartAsync(Stepped);

        using var answer = await fixture.SendAsync(
            fixture.Token(c => c["scope"] = "docs.read"),
            json: Call("list_x"),
            change: r => r.Headers.Add(header, value)
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        answer.Headers.GetValues("culvert-reason").ShouldBe(["agent.headers_contradict"]);
    }

    [Fact]
    public async Task A13_JudgedBody_ArrivesByteForByte()
    {
        await using var fixture = await OauthFixture.StartAsync(Stepped);
        var body = Call("list_x").Replace(",", " ,\n", StringComparison.Ordinal);

        using var answer = await fixture.SendAsync(
            fixture.Token(c => c["scope"] = "docs.read"),
            json: body,
            change: r => r.Headers.Add("Mcp-Name", "=?base64?bGlzdF94?=")
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await fixture.Upstream.NextAsync()).BodyText.ShouldBe(body);
    }

    [Theory]
    [InlineData(1_000, 999, HttpStatusCode.OK, "")]
    [InlineData(1_000, 1_000, HttpStatusCode.OK, "")]
    [InlineData(1_000, 1_001, HttpStatusCode.RequestEntityTooLarge, "agent.request_too_large")]
    [InlineData(5_000_000, 4_194_305, HttpStatusCode.RequestEntityTooLarge, "agent.message_too_large")]
    public async Task A13_JudgedBody_IsNoLargerThanRouteAndAgentAllow(
        long max,
        int size,
        HttpStatusCode status,
        string reason
    )
    {
        await using var fixture = new OauthFixture(Stepped);
        var access = fixture.Access();
        fixture.Tunnel.Add("docs", fixture.Upstream.Port, access, u => u with { MaxRequestBytes = max });
        await fixture.Tunnel.StartAsync();

        using var answer = await fixture.SendAsync(
            fixture.Token(c => c["scope"] = "docs.read"),
            json: Call("list_x").PadRight(size),
            change: r => r.Headers.TransferEncodingChunked = true
        );

        answer.StatusCode.ShouldBe(status);
        if (reason.Length > 0)
        {
            answer.Headers.GetValues("culvert-reason").ShouldBe([reason]);
        }
    }

    [Fact]
    public async Task A13_HeldBodies_ShareOneBudgetAndGiveItBack()
    {
        await using var fixture = new OauthFixture(Stepped, maxHeldBytes: 4_000);
        fixture.Tunnel.Add("docs", fixture.Upstream.Port, fixture.Access());
        await fixture.Tunnel.StartAsync();
        var token = fixture.Token(c => c["scope"] = "docs.read");
        foreach (var json in new[] { Call("list_x").PadRight(1_000), "no json".PadRight(1_000) })
        {
            using var fits = await fixture.SendAsync(token, json: json);
            fits.StatusCode.ShouldNotBe(HttpStatusCode.ServiceUnavailable);
        }

        using var refused = await fixture.SendAsync(token, json: Call("list_x").PadRight(2_001));
        using var after = await fixture.SendAsync(token, json: Call("list_x").PadRight(1_000));

        refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        refused.Headers.RetryAfter.ShouldNotBeNull();
        refused.Headers.GetValues("culvert-reason").ShouldBe(["agent.bodies_crowded"]);
        after.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A14_AbsentAndForbiddenTools_AreRefusedAlike()
    {
        await using var fixture = await OauthFixture.StartAsync(Stepped);
        var token = fixture.Token(c => c["scope"] = "docs.read");

        using var forbidden = await fixture.SendAsync(token, json: Call("delete_thing"));
        using var absent = await fixture.SendAsync(token, json: Call("delete_what_nobody_has"));

        absent.StatusCode.ShouldBe(forbidden.StatusCode);
        absent.Headers.WwwAuthenticate.ToString().ShouldBe(forbidden.Headers.WwwAuthenticate.ToString());
        fixture.Upstream.Connections.ShouldBe(0);
    }

    [Theory]
    [InlineData("Bearer", 400)]
    [InlineData("Bearer ", 400)]
    [InlineData("Bearer a b", 400)]
    [InlineData("Bearer a, Bearer b", 400)]
    [InlineData("Bearer a\"b", 400)]
    [InlineData("Bearer é", 400)]
    [InlineData("Bearer abc", 401)]
    [InlineData("Bearer a.b.c", 401)]
    [InlineData("Bearer ....", 401)]
    [InlineData("bearer eyJhbGciOiJub25lIn0.e30.", 401)]
    [InlineData("Basic dXNlcjpwdw==", 401)]
    [InlineData("DPoP abc", 401)]
    [InlineData("Negotiate", 401)]
    public async Task A15_MalformedRequests_Are400AndMalformedTokens401(string authorization, int status)
    {
        await using var fixture = await OauthFixture.StartAsync();
        await using var client = new RawClient(await fixture.Tunnel.ConnectAsync());

        var (head, _) = await client.CallAsync(
            $"GET /mcp HTTP/1.1\r\nHost: docs.t1.example.test\r\nAuthorization: {authorization}\r\n\r\n"
        );

        head.ShouldStartWith($"HTTP/1.1 {status} ");
        fixture.Upstream.Connections.ShouldBe(0);
    }

    [Fact]
    public void A15_AnyText_IsATokenOrARefusal()
    {
        var keys = OauthFixture.KeysOf(issuer, time);
        var validator = new TokenValidator([keys], time);
        var good = issuer.Token(OauthFixture.Resource, time.GetUtcNow());
        var spoiled = Gen.Choose(0, good.Length - 1)
            .SelectMany(at => Gen.Choose(0, 255).Select(c => good[..at] + (char)c + good[(at + 1)..]));
        var any = Gen.OneOf(ArbMap.Default.GeneratorFor<string>().Select(s => s ?? ""), spoiled);

        Prop.ForAll(
                any.ToArbitrary(),
                text =>
                {
                    var verdict = validator.ValidateAsync(text, Audience, CancellationToken.None).AsTask().Result;
                    return verdict.Principal is null != (verdict.Error == TokenError.None);
                }
            )
            .CheckSeeded();
    }

    private static OauthSettings Stepped(OauthSettings oauth) =>
        oauth with
        {
            RequiredScopes = ["docs.read"],
            OperationScopes = [new OperationScopes("tools/delete_*", ["docs.write"])],
            ScopeHierarchy = [new("docs.admin", ["docs.write"]), new("docs.write", ["docs.read"])],
        };

    private static string Call(string tool) =>
        $$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"arguments":{},"name":"{{tool}}" } }""";

    [Fact]
    public async Task ClaimsThatTheIssuerExposes_AreReadWhereRulesCompareThem()
    {
        var exposing = issuer.Settings with { Claims = ["customer_id", "regions", "level", "sub"] };
        var token = issuer.Token(
            OauthFixture.Resource,
            time.GetUtcNow(),
            c =>
            {
                c["customer_id"] = "c-7";
                c["regions"] = new JsonArray("eu", 5);
                c["level"] = 1.5;
                c["secret"] = "s";
            }
        );

        var read = (await ValidateAsync(token, exposing, needsClaims: true)).Principal!.Claims;
        var unread = (await ValidateAsync(token, exposing)).Principal!.Claims;

        read.TryFind("customer_id", out var customer).ShouldBeTrue();
        customer!.EqualsText("c-7"u8).ShouldBeTrue();
        read.TryFind("regions", out var regions).ShouldBeTrue();
        (regions!.Contains("eu"u8, isText: true), regions.Contains("5"u8, isText: false)).ShouldBe((true, true));
        read.TryFind("sub", out var subject).ShouldBeTrue();
        subject!.EqualsText("alice"u8).ShouldBeTrue();
        read.TryFind("client_id", out var client).ShouldBeTrue();
        client!.EqualsText("client-1"u8).ShouldBeTrue();
        read.TryFind("level", out _).ShouldBeFalse();
        read.TryFind("secret", out _).ShouldBeFalse();
        unread.ShouldBeSameAs(PrincipalClaims.None);
    }

    [Fact]
    public async Task ClientIdOfRules_IsAzpWhereTheIssuerHasThat()
    {
        var token = issuer.Token(
            OauthFixture.Resource,
            time.GetUtcNow(),
            c => (c["azp"], _) = ("portal", c.Remove("client_id"))
        );

        var claims = (await ValidateAsync(token, needsClaims: true)).Principal!.Claims;

        claims.TryFind("client_id", out var client).ShouldBeTrue();
        client!.EqualsText("portal"u8).ShouldBeTrue();
    }

    private async Task<TokenVerdict> ValidateAsync(
        string token,
        IssuerSettings? settings = null,
        bool needsClaims = false
    )
    {
        var keys = OauthFixture.KeysOf(issuer, time, settings: settings);
        return await new TokenValidator([keys], time, needsClaims: needsClaims).ValidateAsync(token, Audience, Token);
    }
}
