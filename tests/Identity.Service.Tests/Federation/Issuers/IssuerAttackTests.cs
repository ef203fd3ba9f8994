using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Platform.Addresses;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation.Issuers;

/// <summary>Rows A25 to A38 of the attack catalogue against the whole service; the cache's own are in KeyCacheTests.</summary>
public sealed class IssuerAttackTests : IAsyncLifetime
{
    private const string Discovery = TestIdentityProvider.DiscoveryPath;
    private const string KeySet = TestIdentityProvider.KeySetPath;

    private FederatedService service = null!;

    public static TheoryData<string> BadKeySets => new(HostileAnswers.ToKeys.Keys);

    public async ValueTask InitializeAsync() => service = await FederatedService.StartAsync();

    public async ValueTask DisposeAsync() => await service.DisposeAsync();

    [Theory]
    [InlineData("URL/", "URL/jwks")]
    [InlineData("HTTPS://127.0.0.1", "URL/jwks")]
    [InlineData("URL", "https://evil.test/jwks")]
    [InlineData("URL", "https://127.0.0.1.evil.test/jwks")]
    [InlineData("URL", "https://127.0.0.1:1/jwks")]
    [InlineData("URL", "http://127.0.0.1/jwks")]
    [InlineData("URL", "file:///etc/passwd")]
    [Trait("Attack", "A25")]
    public async Task Discovery_Lies_IssuerIsUnusableAndLastGoodKeysStay(string issuer, string keys)
    {
        var rule = await service.RuleAsync();
        var lie = $$"""{"issuer":"{{issuer}}","jwks_uri":"{{keys}}"}""".Replace("URL", service.Provider.Url);
        service.Provider.Script(Discovery, HostileAnswers.Text(lie));
        (await service.DenialAsync(rule, service.Token())).ShouldBe("keys_unavailable");

        service.Provider.Script(Discovery, null);
        service.Time.Advance(TimeSpan.FromSeconds(1));
        await service.AccessTokenAsync(rule);
        service.Provider.Script(Discovery, HostileAnswers.Text(lie));
        service.Time.Advance(TimeSpan.FromSeconds(30));
        (await UnknownKidAsync(rule)).ShouldBe("kid_unknown");

        (await service.AccessTokenAsync(rule)).ShouldNotBeEmpty();
    }

    [Fact]
    [Trait("Attack", "A25")]
    public async Task Discovery_KeysOnAnotherHost_AreFetchedOnlyWhenPinned()
    {
        service.Service.Names.Set("localhost", "127.0.0.1");
        var other = $"localhost:{service.Provider.Port}";
        service.Provider.Script(
            Discovery,
            HostileAnswers.Text($$"""{"issuer":"{{service.Provider.Url}}","jwks_uri":"https://{{other}}/jwks"}""")
        );

        var refused = await service.RuleAsync();
        (await service.DenialAsync(refused, service.Token())).ShouldBe("keys_unavailable");
        service.Provider.RequestsTo(KeySet).ShouldBe(0);

        var pinned = await service.RuleAsync(editIssuer: body => body["jwks"]!["jwks_host"] = other);
        (await service.AccessTokenAsync(pinned)).ShouldNotBeEmpty();
    }

    [Fact]
    [Trait("Attack", "A26")]
    public async Task Token_OfAnUnregisteredIssuer_CausesNoFetchAndNoQuestion()
    {
        var rule = await service.RuleAsync();
        var token = service.Token(claims => claims["iss"] = "https://canary.test");

        (await service.DenialAsync(rule, token)).ShouldNotBe("keys_unavailable");

        service.Service.Names.Questions.ShouldBe(0);
        service.Provider.RequestsTo(Discovery).ShouldBe(0);
    }

    [Theory]
    [InlineData("https://internal?https://oidc.eks.x.amazonaws.com/id/1")]
    [InlineData("https://*.eks.amazonaws.com")]
    [InlineData("https://oidc.eks.x.amazonaws.com/id/*")]
    [InlineData("https://internal#https://oidc.eks.x.amazonaws.com")]
    [InlineData("https://oidc.eks.x.amazonaws.com@internal")]
    [Trait("Attack", "A27")]
    public async Task Issuer_WithAPattern_IsNotRegistered(string url) =>
        (await RefusalAsync(body => body["issuer_url"] = url)).Code.ShouldBe("federation.issuer_url");

    [Theory]
    [InlineData(301, "https://evil.test/jwks")]
    [InlineData(302, "http://127.0.0.1/jwks")]
    [InlineData(303, "https://169.254.169.254/latest")]
    [InlineData(307, "https://[::1]/jwks")]
    [InlineData(308, "https://2130706433/jwks")]
    [InlineData(302, "/elsewhere")]
    [Trait("Attack", "A28")]
    public async Task Redirect_IsNeverFollowed(int status, string location)
    {
        var rule = await service.RuleAsync();
        service.Provider.Script(KeySet, HostileAnswers.Redirect(status, location));

        (await service.DenialAsync(rule, service.Token())).ShouldBe("keys_unavailable");

        service.Provider.RequestsTo("/elsewhere").ShouldBe(0);
        service.Service.Names.Questions.ShouldBe(0);
        (await LastFailureAsync()).ShouldStartWith("issuer.redirect");
    }

    [Theory]
    [InlineData("169.254.169.254", "issuer.metadata_address")]
    [InlineData("::ffff:169.254.169.254", "issuer.metadata_address")]
    [InlineData("64:ff9b::a9fe:a9fe", "issuer.metadata_address")]
    [InlineData("10.0.0.5", "issuer.private_address")]
    [InlineData("::1", "issuer.loopback_address")]
    [InlineData("fe80::1", "issuer.link_local_address")]
    [InlineData("224.0.0.1", "issuer.reserved_address")]
    [Trait("Attack", "A29")]
    public async Task Name_ThatChangesItsMind_IsVettedAtEachConnection(string second, string code)
    {
        var answers = 0;
        // Right when the record is saved and when the document is fetched; then the keys are said to lie elsewhere.
        service.Service.Names.SetEach("localhost", () => [++answers <= 2 ? "127.0.0.1" : second]);
        var url = $"https://localhost:{service.Provider.Port}";
        service.Provider.Script(Discovery, HostileAnswers.Text($$"""{"issuer":"{{url}}","jwks_uri":"{{url}}/jwks"}"""));
        var rule = await service.RuleAsync(editIssuer: body => body["issuer_url"] = url);

        (await service.DenialAsync(rule, service.Token(claims => claims["iss"] = url))).ShouldBe("keys_unavailable");

        service.Provider.RequestsTo(Discovery).ShouldBe(1);
        service.Provider.RequestsTo(KeySet).ShouldBe(0);
        (await LastFailureAsync()).ShouldStartWith(code);
    }

    [Fact]
    [Trait("Attack", "A29")]
    public async Task Name_WithSplitAnswers_IsDialledAtThePermittedAddressAlone()
    {
        service.Service.Names.Set("localhost", "169.254.169.254", "10.0.0.5", "::ffff:127.0.0.1");
        var url = $"https://localhost:{service.Provider.Port}";
        service.Provider.Script(Discovery, HostileAnswers.Text($$"""{"issuer":"{{url}}","jwks_uri":"{{url}}/jwks"}"""));
        var rule = await service.RuleAsync(editIssuer: body => body["issuer_url"] = url);

        using var response = await service.ExchangeAsync(rule, service.Token(claims => claims["iss"] = url));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    [Trait("Attack", "A30")]
    public async Task PrivateIssuer_NeedsItsOwnAllowance_AndTheRefusalNamesAddressAndField()
    {
        service.Service.Names.Set("idp.corp.test", "10.1.2.3");

        var (code, message) = await RefusalAsync(body =>
        {
            body["issuer_url"] = "https://idp.corp.test";
            body.Remove("allowed_targets");
        });

        code.ShouldBe("issuer.private_address");
        message.ShouldContain("issuer_url");
        message.ShouldContain("10.1.2.3");
        (
            await RefusalAsync(body =>
            {
                body["issuer_url"] = "https://idp.corp.test";
                body["allowed_targets"] = new JsonArray(new JsonObject { ["cidr"] = "10.1.2.0/24", ["port"] = 443 });
            })
        ).Code.ShouldBe("federation.target_not_allowed");
        // The fixture's provider is private, and its allowance opens it.
        (await service.AccessTokenAsync(await service.RuleAsync())).ShouldNotBeEmpty();
    }

    [Fact]
    [Trait("Attack", "A31")]
    public async Task Certificate_OfAnotherRootOrWithoutAPin_IsRefused()
    {
        var stranger = new TestPki(service.Time.GetUtcNow(), "Stranger");
        var foreign = await service.RuleAsync(editIssuer: body => body["jwks"]!["ca_cert_pem"] = stranger.RootPem);
        var unpinned = await service.RuleAsync(editIssuer: body => ((JsonObject)body["jwks"]!).Remove("ca_cert_pem"));

        (await service.DenialAsync(foreign, service.Token())).ShouldBe("keys_unavailable");
        (await service.DenialAsync(unpinned, service.Token())).ShouldBe("keys_unavailable");

        service.Provider.RequestsTo(Discovery).ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(BadKeySets))]
    [Trait("Attack", "A32")]
    public async Task KeySet_BadAnswer_NeverReplacesGoodKeys(string fault)
    {
        var rule = await service.RuleAsync();
        await service.AccessTokenAsync(rule);
        service.Provider.Script(KeySet, HostileAnswers.ToKeys[fault]);
        service.Time.Advance(TimeSpan.FromSeconds(30));

        (await UnknownKidAsync(rule)).ShouldBe("kid_unknown");

        (await service.AccessTokenAsync(rule)).ShouldNotBeEmpty();
        (await PollStatusAsync()).GetProperty("consecutive_failures").GetInt32().ShouldBe(1);
    }

    [Fact]
    [Trait("Attack", "A32")]
    public async Task KeySet_SilentServer_IsGivenUpAfterFiveSeconds()
    {
        var rule = await service.RuleAsync();
        var asked = new TaskCompletionSource();
        service.Provider.Script(KeySet, HostileAnswers.Silent(asked));

        var denial = service.DenialAsync(rule, service.Token());
        await asked.Task.WaitAsync(TestContext.Current.CancellationToken);
        service.Time.Advance(TimeSpan.FromSeconds(5));

        (await denial).ShouldBe("keys_unavailable");
    }

    [Fact]
    [Trait("Attack", "A34")]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Outage_WithARestartInBetween_FailsNoExchange()
    {
        var rule = await service.RuleAsync();
        await service.AccessTokenAsync(rule);
        await RecordedAsync(rule);
        service.Provider.Script(Discovery, HostileAnswers.Status(503));
        for (var minute = 0; minute < 60; minute += 10)
        {
            service.Time.Advance(TimeSpan.FromMinutes(10));
            await service.AccessTokenAsync(rule);
            if (minute == 30)
            {
                await service.RestartAsync();
                await service.AccessTokenAsync(rule);
            }
        }
    }

    [Theory]
    [InlineData("UPDATE federation_issuer_key_sets SET sealed_state = sealed_document")]
    [InlineData("UPDATE federation_issuer_key_sets SET sealed_document = @Bytes")]
    [Trait("Attack", "A37")]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task StoredKeys_ChangedFromOutside_AreNotBelieved(string sql)
    {
        var rule = await service.RuleAsync();
        await service.AccessTokenAsync(rule);
        await RecordedAsync(rule);
        service.Provider.Script(Discovery, HostileAnswers.Status(503));
        await service
            .Service.Get<IJournal>()
            .CommitAsync(
                new Decision { Statements = [new Statement(sql, new { Bytes = new byte[] { 1, 2, 3, 4 } })] },
                TestContext.Current.CancellationToken
            );

        await service.RestartAsync();

        (await service.DenialAsync(rule, service.Token())).ShouldBe("keys_unavailable");
    }

    [Theory]
    [InlineData("""{"kid":"rsa-1","reason":"stolen"}""")]
    [InlineData("""{"key_set":true,"reason":"stolen"}""")]
    [InlineData("""{"issuer":true,"reason":"stolen"}""")]
    [Trait("Attack", "A36")]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Kill_IsInForceAtOnce_SurvivesRefetchAndRestart_AndCanBeUndone(string order)
    {
        var issuer = await service.IssuerAsync();
        var rule = await RuleOfAsync(issuer);
        await service.AccessTokenAsync(rule);

        var kill = await service.CreateAsync($"{FederatedService.Issuers}/{issuer}/kill", Body(order));
        kill.Text("reason").ShouldBe("stolen");

        (await service.DenialAsync(rule, service.Token())).ShouldBe("key_revoked");
        service.Time.Advance(TimeSpan.FromMinutes(15));
        (await service.DenialAsync(rule, service.Token())).ShouldBe("key_revoked");
        await service.RestartAsync();
        (await service.DenialAsync(rule, service.Token())).ShouldBe("key_revoked");
        var shown = await service.GetAsync($"{FederatedService.Issuers}/{issuer}");
        shown.GetProperty("killed").ValueKind.ShouldBe(JsonValueKind.Object);

        await service.CreateAsync($"{FederatedService.Issuers}/{issuer}/unkill", Body(order));
        (await service.AccessTokenAsync(rule)).ShouldNotBeEmpty();
        using var again = await service.PostAsync($"{FederatedService.Issuers}/{issuer}/unkill", Body(order));
        (await again.ErrorCodeAsync()).ShouldBe("federation.not_killed");
    }

    [Theory]
    [InlineData("""{"reason":"x"}""")]
    [InlineData("""{"kid":"a","issuer":true,"reason":"x"}""")]
    [InlineData("""{"kid":"","reason":"x"}""")]
    [InlineData("""{"key_set":false,"reason":"x"}""")]
    [InlineData("""{"kid":"a"}""")]
    [InlineData("""{"kid":"a","reason":""}""")]
    public async Task Kill_Unclear_IsRefused(string order)
    {
        var issuer = await service.IssuerAsync();

        using var response = await service.PostAsync($"{FederatedService.Issuers}/{issuer}/kill", Body(order));

        (await response.ErrorCodeAsync()).ShouldBe("request.invalid");
    }

    [Fact]
    [Trait("Attack", "A37")]
    public async Task Issuers_SharingAUrl_ShareNoKeys()
    {
        var first = await service.RuleAsync();
        await service.AccessTokenAsync(first);
        var stranger = new TestPki(service.Time.GetUtcNow(), "Stranger");
        var second = await service.RuleAsync(editIssuer: body => body["jwks"]!["ca_cert_pem"] = stranger.RootPem);

        (await service.DenialAsync(second, service.Token())).ShouldBe("keys_unavailable");
        (await service.AccessTokenAsync(first)).ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("https://login.microsoftonline.com/{tenantid}/v2.0")]
    [InlineData("https://login.microsoftonline.com/common/v2.0")]
    [InlineData("https://login.microsoftonline.com/organizations/v2.0")]
    [InlineData("https://sts.windows.net/common/")]
    [Trait("Attack", "A38")]
    public async Task Issuer_OfEveryTenant_IsNotRegistered(string url) =>
        (await RefusalAsync(body => body["issuer_url"] = url)).Code.ShouldBe("federation.issuer_url");

    [Fact]
    [Trait("Attack", "A38")]
    public async Task Discovery_OfATemplate_DoesNotServeATenant()
    {
        var rule = await service.RuleAsync();
        service.Provider.Script(
            Discovery,
            HostileAnswers.Text(
                $$"""{"issuer":"https://login.microsoftonline.com/{tenantid}/v2.0","jwks_uri":"{{service.Provider.Url}}/jwks"}"""
            )
        );

        (await service.DenialAsync(rule, service.Token())).ShouldBe("keys_unavailable");
    }

    [Fact]
    public async Task Verify_TellsWhatIsFetchedSeenAndAccepted_AndChangesNothing()
    {
        service.Provider.Keys.Add(
            new JsonObject
            {
                ["kty"] = "oct",
                ["kid"] = "shared",
                ["k"] = "AAAA",
            }
        );
        var issuer = await service.IssuerAsync();

        var seen = await service.CreateAsync($"{FederatedService.Issuers}/{issuer}/verify");

        seen.GetProperty("accepted").GetBoolean().ShouldBeTrue();
        var fetches = seen.GetProperty("fetches");
        fetches.GetArrayLength().ShouldBe(2);
        fetches[0].Text("field").ShouldBe("issuer_url");
        fetches[0].GetProperty("addresses")[0].Text("address").ShouldBe("127.0.0.1");
        fetches[1].Text("tls_protocol").ShouldBe("Tls13");
        var keys = seen.GetProperty("keys").EnumerateArray().ToList();
        keys.Count(key => key.GetProperty("accepted").GetBoolean()).ShouldBe(2);
        keys[^1].Text("reason").ShouldBe("key_symmetric");
        (await PollStatusAsync()).GetProperty("last_fetched_at").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Verify_NoUsableKey_ListsEachWithItsReason()
    {
        service.Provider.Script(
            KeySet,
            HostileAnswers.Text("""{"keys":[{"kty":"oct","kid":"s","k":"AAAA"},{"kty":"RSA","kid":"r","n":"AA=="}]}""")
        );
        var issuer = await service.IssuerAsync();

        var seen = await service.CreateAsync($"{FederatedService.Issuers}/{issuer}/verify");

        seen.GetProperty("accepted").GetBoolean().ShouldBeFalse();
        seen.Text("error_code").ShouldBe("issuer.key_set");
        seen.Text("message").ShouldEndWith("(keys[0]: KeySymmetric, keys[1]: KeyMalformed)");
        seen.GetProperty("keys")
            .EnumerateArray()
            .Select(key => key.Text("reason"))
            .ShouldBe(["key_symmetric", "key_malformed"]);
    }

    [Fact]
    public async Task Verify_Draft_SaysWhyItWouldFailAndSavesNothing()
    {
        var body = service.IssuerBody();
        body["issuer_url"] = $"https://localhost:{service.Provider.Port}";
        service.Service.Names.Set("localhost", "10.0.0.5");

        var seen = await service.CreateAsync($"{FederatedService.Issuers}/verify", body);

        seen.GetProperty("accepted").GetBoolean().ShouldBeFalse();
        seen.Text("error_code").ShouldBe("issuer.private_address");
        seen.GetProperty("fetches")[0]
            .GetProperty("addresses")[0]
            .Text("error_code")
            .ShouldBe("issuer.private_address");
        (await service.GetAsync(FederatedService.Issuers)).GetProperty("data").GetArrayLength().ShouldBe(0);
    }

    // Whether a port is closed, serves something else than TLS, or an identity provider: nothing of it is learnt.
    [Fact]
    [Trait("Attack", "A26")]
    public async Task Verify_PortsOutsideTheBound_AnswerAllTheSame()
    {
        await using var bounded = await FederatedService.StartAsync(o =>
            o with
            {
                PrivateIssuerNetworks = [new PrivateNetwork(IPNetwork.Parse("127.0.0.0/8"), PrivateNetwork.UsualPort)],
            }
        );
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var plain = new TcpListener(IPAddress.Loopback, 0);
        plain.Start();
        int[] ports =
        [
            ((IPEndPoint)closed.LocalEndPoint!).Port,
            ((IPEndPoint)plain.LocalEndpoint).Port,
            bounded.Provider.Port,
        ];

        List<string> answers = [];
        foreach (var (path, port) in ports.SelectMany(p => new[] { ("/verify", p), ("", p) }))
        {
            var body = bounded.IssuerBody();
            body["name"] = "idp";
            body["issuer_url"] = $"https://127.0.0.1:{port}";
            body["allowed_targets"] = new JsonArray(new JsonObject { ["cidr"] = "127.0.0.1/32", ["port"] = port });
            using var answer = await bounded.PostAsync(FederatedService.Issuers + path, body);
            var error = (await answer.JsonAsync()).GetProperty("error").ToString();
            answers.Add($"{answer.StatusCode} {error.Replace($"{port}", "PORT")}");
        }

        answers.Distinct().ShouldHaveSingleItem().ShouldContain("federation.target_not_allowed");
        plain.Pending().ShouldBeFalse();
    }

    [Fact]
    public async Task Verify_TooOften_IsLimited()
    {
        var issuer = await service.IssuerAsync(body =>
        {
            body["jwks"] = new JsonObject { ["type"] = "inline", ["keys"] = service.Provider.Keys.DeepClone() };
            body.Remove("allowed_targets");
        });
        for (var i = 0; i < 30; i++)
        {
            await service.CreateAsync($"{FederatedService.Issuers}/{issuer}/verify");
        }

        using var refused = await service.PostAsync($"{FederatedService.Issuers}/{issuer}/verify");

        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
    }

    private static JsonObject Body(string json) => (JsonObject)JsonNode.Parse(json)!;

    private async Task<string> RuleOfAsync(string issuer) =>
        (
            await service.CreateAsync(FederatedService.Rules, service.RuleBody(issuer, await service.AccountAsync()))
        ).Text("id");

    private async Task<(string? Code, string Message)> RefusalAsync(Action<JsonObject> edit)
    {
        var body = service.IssuerBody();
        edit(body);
        using var response = await service.PostAsync(FederatedService.Issuers, body);
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var error = (await response.JsonAsync()).GetProperty("error");
        return (await response.ErrorCodeAsync(), error.Text("message"));
    }

    private Task<string?> UnknownKidAsync(string rule) =>
        service.DenialAsync(
            rule,
            service.Provider.Sign(
                service.Provider.Claims(FederatedService.PublicUrl),
                """{"alg":"RS256","kid":"unknown"}"""
            )
        );

    private Task RecordedAsync(string rule) =>
        service.Service.Get<FederationDirectory>().Current.FindRule(rule)!.Keys.RecordingAsync();

    private async Task<JsonElement> PollStatusAsync() =>
        (await service.GetAsync(FederatedService.Issuers)).GetProperty("data")[0].GetProperty("poll_status");

    private async Task<string> LastFailureAsync() => (await PollStatusAsync()).Text("last_failure");
}
