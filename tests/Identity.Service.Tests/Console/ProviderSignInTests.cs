using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Approvals;
using Culvert.Identity.Service.Console.Sessions;
using Culvert.Identity.Service.Console.SignIn;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Webhooks;
using Culvert.Identity.Service.Webhooks;
using Culvert.Jose.Algorithms;
using Culvert.Platform.Addresses;
using Culvert.Platform.Secrets;
using Culvert.Testing;
using Culvert.Testing.Keys;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Console;

/// <summary>The provider is ours and speaks real TLS; its answers are scripted, with one error at a time.</summary>
public sealed class ProviderSignInTests : IAsyncLifetime
{
    private const string Client = "culvert-console";
    private const string Callback = "/console/sign-in/provider/callback";
    private const string KeyOwner = "/console/sign-in/key";

    private readonly FakeTimeProvider time = new();
    private TestIdentityProvider idp = null!;
    private ServiceUnderTest service = null!;
    private SignInOptions signIn = null!;
    private string caFile = "";
    private JsonObject claims = null!;
    private Func<JsonObject, string>? sign;
    private string form = "";
    private string authorization = "";

    public async ValueTask InitializeAsync()
    {
        idp = await TestIdentityProvider.StartAsync(time);
        caFile = Path.GetTempFileName();
        await File.WriteAllTextAsync(caFile, idp.Pki.RootPem, TestContext.Current.CancellationToken);
        AddressRanges.TryParse(["127.0.0.0/8"], out var networks, out _).ShouldBeTrue();
        signIn = new SignInOptions
        {
            Issuer = idp.Url,
            ClientId = Client,
            CaFile = caFile,
            Networks = networks!,
            Roles = [new("viewer", ["staff"]), new("operator", ["ops", "sre"]), new("security-admin", ["pki"])],
        };
        service = await ServiceUnderTest.StartAsync(options: options => options with { SignIn = signIn }, time: time);
        Describe();
        idp.Script("/token", AnswerTokenAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await service.DisposeAsync();
        await idp.DisposeAsync();
        File.Delete(caFile);
    }

    [Fact]
    public async Task SignIn_GoodAnswer_OpensASessionWithTheMappedRoles()
    {
        using var browser = new ConsoleBrowser(service);
        var asked = await BeginAsync(browser, "/console/tunnels");

        using var answer = await browser.GetAsync(AnswerTo(asked));

        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        answer.Headers.Location!.ToString().ShouldBe("/console/tunnels");
        var page = await browser.OpenAsync("/console/tunnels");
        page.ShouldContain("Ada Lovelace");
        page.ShouldContain("(operator)");
        asked["response_type"].ShouldBe("code");
        asked["client_id"].ShouldBe(Client);
        asked["redirect_uri"].ShouldBe($"https://identity.test:8443{Callback}");
        asked["code_challenge_method"].ShouldBe("S256");
        var sent = QueryHelpers.ParseQuery(form);
        sent["code"].ToString().ShouldBe("the-code");
        TestIdentityProvider
            .Encode(SHA256.HashData(Encoding.ASCII.GetBytes(sent["code_verifier"].ToString())))
            .ShouldBe(asked["code_challenge"]);
        (await service.Api.GetOkAsync("/v1/audit")).ToString().ShouldContain("console_signed_in");
    }

    [Fact]
    public async Task SignIn_RolesThatChange_CountForTheNextAnswer()
    {
        await service.ReloadAsync(options =>
            options with
            {
                SignIn = signIn with { Roles = [new("viewer", ["sre"])] },
            }
        );
        using var browser = new ConsoleBrowser(service);
        var asked = await BeginAsync(browser, "/console/tunnels");

        using var answer = await browser.GetAsync(AnswerTo(asked));

        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        (await browser.OpenAsync("/console/tunnels")).ShouldContain("(viewer)");
    }

    // The former provider's documents and sessions do not count for the next one.
    [Fact]
    public async Task SignIn_ProviderThatChanges_EndsTheSessionsOfTheFormer()
    {
        using var browser = new ConsoleBrowser(service);
        var asked = await BeginAsync(browser, "/console/tunnels");
        using (var answer = await browser.GetAsync(AnswerTo(asked)))
        {
            answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        }

        await service.ReloadAsync(options => options with { SignIn = signIn with { Issuer = idp.Url + "/other" } });

        using var page = await browser.GetAsync("/console/tunnels");
        page.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        using var begun = await browser.GetAsync("/console/sign-in/provider");
        begun.StatusCode.ShouldNotBe(HttpStatusCode.SeeOther); // nothing is published there
    }

    [Fact]
    public async Task SignIn_SecurityAdmin_EndsTheKeyThatInitMade()
    {
        await service.Api.PostOkAsync("/v1/admin_keys", """{"name":"Ada","role":"installation-operator"}""");
        using var browser = new ConsoleBrowser(service);
        var asked = await BeginAsync(browser);
        await service.Api.GetOkAsync("/v1/tunnels");
        claims["groups"] = new JsonArray("pki");

        using var answer = await browser.GetAsync(AnswerTo(asked));

        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        (await browser.OpenAsync(answer.Headers.Location!.ToString())).ShouldContain("created is revoked");
        var refused = await service
            .Api.GetAsync("/v1/tunnels", TestContext.Current.CancellationToken)
            .ShouldRefuseAsync(HttpStatusCode.Unauthorized, "auth.key_revoked");
        refused.Text("message").ShouldBe($"This admin key (init) was revoked at {service.Time.GetUtcNow():u}.");
        refused.GetProperty("details").Text("next").ShouldContain("culvert login");
        (await browser.OpenAsync("/console/audit")).ShouldContain("admin key revoked");
    }

    // The sign-in of another person took away the only key that could register an edge, run jobs or make organizations.
    [Theory]
    [InlineData(null)]
    [InlineData("security-admin")]
    [InlineData("installation-operator", true)]
    public async Task SignIn_WhileNoOtherKeyMayOperate_KeepsTheKeyThatInitMade(string? role, bool isExpired = false)
    {
        if (role is not null)
        {
            await service.Api.PostOkAsync(
                "/v1/admin_keys",
                $$"""{"name":"Bob","role":"{{role}}","lifetime_seconds":86400}"""
            );
        }

        if (isExpired)
        {
            service.Time.JumpTo(service.Time.GetUtcNow().AddDays(2));
        }

        using var browser = new ConsoleBrowser(service);
        var asked = await BeginAsync(browser);
        claims["groups"] = new JsonArray("pki");

        using var answer = await browser.GetAsync(AnswerTo(asked));

        (await browser.OpenAsync(answer.Headers.Location!.ToString())).ShouldContain("did not revoke it");
        await service.Api.GetOkAsync("/v1/tunnels");
    }

    // S34: who proved a key and then signs in has one vote.
    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task SignIn_WhileAKeysSessionIsOpen_TheKeyNamesThatPersonWhenItIsConfirmed()
    {
        var made = await service.Api.PostOkAsync("/v1/admin_keys", """{"name":"child","role":"operator"}""");
        using var browser = await ConsoleBrowser.SignedInAsync(service);
        var asked = await BeginAsync(browser, "/console/tunnels");
        asked.ShouldNotContainKey("prompt");
        using var answer = await browser.GetAsync(AnswerTo(asked));
        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        answer.Headers.Location!.ToString().ShouldBe($"{KeyOwner}?next=%2Fconsole%2Ftunnels");
        var init = await KeyAsync("init");
        init.GetProperty("owner").ValueKind.ShouldBe(JsonValueKind.Null);
        (await browser.OpenAsync(answer.Headers.Location.ToString())).ShouldContain(init.Id());

        using var confirmed = await browser.SubmitAsync(KeyOwner, ("answer", "own"), ("next", "/console/tunnels"));

        confirmed.Headers.Location!.ToString().ShouldBe("/console/tunnels?key-owned");
        (await browser.OpenAsync("/console/tunnels?key-owned")).ShouldContain("The admin key names you from now on");
        var person = PersonId.FromSubject(idp.Url, "ada");
        init = await KeyAsync("init");
        init.Text("person").ShouldBe(person);
        init.GetProperty("owner").Text("issuer").ShouldBe(idp.Url);
        init.GetProperty("owner").Text("subject").ShouldBe("ada");
        var child = await KeyAsync("child");
        child.Id().ShouldBe(made.Id());
        child.Text("person").ShouldBe(person);
        (await service.Api.GetOkAsync("/v1/audit")).ToString().ShouldContain("admin_key_owned");
        using var other = await ConsoleBrowser.SignedInAsync(service);
        (await other.OpenAsync("/console/settings")).ShouldContain($"<td>ada <code>{person}</code></td>");
    }

    // Who is asked to sign in on another person's machine must not take over that person's key.
    [Theory]
    [InlineData("not_own")]
    [InlineData("")]
    public async Task SignIn_WhileAnotherPersonsKeysSessionIsOpen_LeavesTheKeyAndEndsItsSession(string answer)
    {
        using var browser = await ConsoleBrowser.SignedInAsync(service);
        var keySession = browser.Cookies[ConsoleCookie.Session];
        var asked = await BeginAsync(browser);
        (await browser.GetAsync(AnswerTo(asked))).Dispose();
        await browser.OpenAsync(KeyOwner);

        using var denied = await browser.SubmitAsync(KeyOwner, ("answer", answer));

        denied.Headers.Location!.ToString().ShouldBe("/console");
        (await KeyAsync("init")).GetProperty("owner").ValueKind.ShouldBe(JsonValueKind.Null);
        browser.Cookies.ShouldNotContainKey(ConsoleCookie.ProvenKey);
        (await browser.OpenAsync("/console")).ShouldContain("Ada Lovelace");
        browser.Cookies[ConsoleCookie.Session] = keySession;
        using var ended = await browser.GetAsync("/console");
        ended.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
    }

    [Fact]
    public async Task KeyOwner_WithoutTheSessionOfAKey_SetsNothing()
    {
        using var browser = await SignedInAsync();
        await browser.OpenAsync("/console");

        using var shown = await browser.GetAsync($"{KeyOwner}?next=/console/tunnels");
        shown.Headers.Location!.ToString().ShouldBe("/console/tunnels");
        await browser.OpenAsync("/console");
        using var sent = await browser.SubmitAsync(KeyOwner, ("answer", "own"));

        sent.Headers.Location!.ToString().ShouldBe("/console");
        (await KeyAsync("init")).GetProperty("owner").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task KeyOwner_IsSet_WebhooksAndTheKeysOtherSessionsLearnOfIt()
    {
        var sender = new ScriptedWebhookSender();
        await using var notified = await ServiceUnderTest.StartAsync(
            services => services.AddSingleton<IWebhookSender>(sender),
            options => options with { SignIn = signIn },
            time
        );
        await notified.Api.PostOkAsync("/v1/webhooks", """{"url":"https://hooks.example.com/c"}""");
        using var elsewhere = await ConsoleBrowser.SignedInAsync(notified);
        using var browser = await ConsoleBrowser.SignedInAsync(notified);
        var asked = await BeginAsync(browser);
        (await browser.GetAsync(AnswerTo(asked))).Dispose();
        await browser.OpenAsync(KeyOwner);

        (await browser.SubmitAsync(KeyOwner, ("answer", "own"))).Dispose();

        await notified.Get<WebhookDeliverer>().RunAsync(TestContext.Current.CancellationToken);
        (await sender.ReceiveAsync("admin_key.owned", TestContext.Current.CancellationToken)).ShouldContain(
            "\"owner_subject\":\"ada\""
        );
        (await elsewhere.OpenAsync("/console")).ShouldContain("(admin key of ada)");
    }

    [Fact]
    public async Task SignIn_WhileTheSessionOfAnOwnedKeyIsOpen_TheKeyStaysItsOwners()
    {
        for (var subject = 0; subject < 2; subject++)
        {
            using var browser = await ConsoleBrowser.SignedInAsync(service);
            var asked = await BeginAsync(browser);
            claims["sub"] = $"person-{subject}";
            using var answer = await browser.GetAsync(AnswerTo(asked));
            answer.Headers.Location!.ToString().ShouldBe(subject == 0 ? $"{KeyOwner}?next=%2Fconsole" : "/console");
            if (subject == 0)
            {
                await browser.OpenAsync(KeyOwner);
                (await browser.SubmitAsync(KeyOwner, ("answer", "own"))).Dispose();
            }
        }

        var key = (await service.Api.GetOkAsync("/v1/admin_keys")).GetProperty("data")[0];
        key.GetProperty("owner").Text("subject").ShouldBe("person-0");
    }

    [Fact]
    public async Task SignIn_NoMappedRole_OpensNoSessionAndIsAudited()
    {
        using var browser = new ConsoleBrowser(service);
        var asked = await BeginAsync(browser);
        claims["groups"] = new JsonArray("Staff", "visitors");

        using var answer = await browser.GetAsync(AnswerTo(asked));

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        browser.Page.ShouldContain("console.no_role");
        browser.Page.ShouldContain("href=\"/console/sign-in\"");
        browser.Cookies.ShouldNotContainKey(ConsoleCookie.Session);
        (await service.Api.GetOkAsync("/v1/audit")).ToString().ShouldContain("console_sign_in_refused");
    }

    [Theory]
    [InlineData("iss", "https://other.test")]
    [InlineData("aud", "another-client")]
    [InlineData("azp", "another-client")]
    [InlineData("nonce", "another-nonce")]
    [InlineData("nonce", null)]
    [InlineData("sub", "")]
    [InlineData("exp", 1L)]
    [InlineData("iat", 9999999999L)]
    public async Task SignIn_BadClaim_OpensNoSession(string claim, object? value)
    {
        using var browser = new ConsoleBrowser(service);
        var asked = await BeginAsync(browser);
        claims[claim] = value switch
        {
            string text => text,
            long number => number,
            _ => null,
        };

        using var answer = await browser.GetAsync(AnswerTo(asked));

        await ShouldBeRefusedAsync(browser, answer);
    }

    // OpenID Connect Core §3.1.3.7, 4: of several audiences it must name the one that asked.
    [Fact]
    public async Task SignIn_SeveralAudiencesWithoutAParty_OpensNoSession()
    {
        using var browser = new ConsoleBrowser(service);
        var asked = await BeginAsync(browser);
        claims["aud"] = new JsonArray(Client, "another-client");

        using var answer = await browser.GetAsync(AnswerTo(asked));

        await ShouldBeRefusedAsync(browser, answer);
    }

    [Fact]
    public async Task SignIn_SeveralAudiencesAndThisParty_OpensASession()
    {
        using var browser = new ConsoleBrowser(service);
        var asked = await BeginAsync(browser);
        claims["aud"] = new JsonArray(Client, "another-client");
        claims["azp"] = Client;

        using var answer = await browser.GetAsync(AnswerTo(asked));

        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
    }

    [Theory]
    [InlineData("exp", -31, false)]
    [InlineData("exp", -29, true)]
    [InlineData("iat", 31, false)]
    [InlineData("iat", 29, true)]
    [InlineData("nbf", 31, false)]
    [InlineData("nbf", 29, true)]
    public async Task SignIn_TimeAtTheLeeway_IsDecidedByTheServicesClock(string claim, int seconds, bool isGood)
    {
        using var browser = new ConsoleBrowser(service);
        var asked = await BeginAsync(browser);
        claims[claim] = time.GetUtcNow().ToUnixTimeSeconds() + seconds;

        using var answer = await browser.GetAsync(AnswerTo(asked));

        answer.StatusCode.ShouldBe(isGood ? HttpStatusCode.SeeOther : HttpStatusCode.Forbidden, browser.Page);
    }

    [Theory]
    [InlineData(255, true)]
    [InlineData(256, false)]
    public async Task SignIn_Subject_HasALimit(int length, bool isGood)
    {
        using var browser = new ConsoleBrowser(service);
        var asked = await BeginAsync(browser);
        claims["sub"] = new string('a', length);

        using var answer = await browser.GetAsync(AnswerTo(asked));

        answer.StatusCode.ShouldBe(isGood ? HttpStatusCode.SeeOther : HttpStatusCode.Forbidden, browser.Page);
    }

    [Fact]
    public async Task SignIn_MemberTwiceInTheToken_OpensNoSession()
    {
        using var browser = new ConsoleBrowser(service);
        var asked = await BeginAsync(browser);
        sign = token => idp.SignText(token.ToJsonString().Insert(1, "\"sub\":\"grace\","));

        using var answer = await browser.GetAsync(AnswerTo(asked));

        await ShouldBeRefusedAsync(browser, answer);
    }

    [Fact]
    public async Task SignIn_AlgorithmThatIsNotAllowed_OpensNoSession()
    {
        await using var strict = await ServiceUnderTest.StartAsync(
            options: options => options with { SignIn = signIn with { Algorithms = JwsAlgorithms.ES256 } },
            time: time
        );
        foreach (var isAllowed in new[] { false, true })
        {
            using var browser = new ConsoleBrowser(strict);
            var asked = await BeginAsync(browser);
            sign = isAllowed ? idp.SignEc : null;

            using var answer = await browser.GetAsync(AnswerTo(asked));

            answer.StatusCode.ShouldBe(isAllowed ? HttpStatusCode.SeeOther : HttpStatusCode.Forbidden, browser.Page);
        }
    }

    [Fact]
    public async Task SignIn_KeyThatWasRotated_IsFetched()
    {
        using var rotated = TestKeys.OtherRsa();
        (await SignedInAsync()).Dispose();
        time.Advance(TimeSpan.FromSeconds(31));
        idp.Keys = [TestIdentityProvider.RsaJwk("rsa-2", rotated)];
        sign = token =>
            TestIdentityProvider.SignWith(rotated, """{"alg":"RS256","kid":"rsa-2"}""", token.ToJsonString());

        (await SignedInAsync()).Dispose();

        idp.RequestsTo(TestIdentityProvider.KeySetPath).ShouldBe(2);
    }

    // OpenID Connect Core §3.1.3.3 requires it.
    [Fact]
    public async Task SignIn_TokenResponseWithoutAccessToken_OpensNoSession()
    {
        idp.Script(
            "/token",
            http => http.Response.WriteAsync(new JsonObject { ["id_token"] = idp.Sign(claims) }.ToJsonString())
        );
        using var browser = new ConsoleBrowser(service);
        var asked = await BeginAsync(browser);

        using var answer = await browser.GetAsync(AnswerTo(asked));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadGateway, browser.Page);
        browser.Cookies.ShouldNotContainKey(ConsoleCookie.Session);
    }

    [Theory]
    [InlineData("client_secret_post", false)]
    [InlineData("client_secret_basic", true)]
    [InlineData(null, true)]
    public async Task SignIn_ConfidentialClient_AuthenticatesAsTheProviderWants(string? method, bool isBasic)
    {
        SecretReference.TryParse("env:SECRET", "/", out var secret, _ => "p+ss:word").ShouldBeTrue();
        await using var confidential = await ServiceUnderTest.StartAsync(
            options: options => options with { SignIn = signIn with { ClientSecret = secret } },
            time: time
        );
        Describe(method);
        using var browser = new ConsoleBrowser(confidential);
        var asked = await BeginAsync(browser);

        using var answer = await browser.GetAsync(AnswerTo(asked));

        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        var sent = QueryHelpers.ParseQuery(form);
        var basic = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("culvert-console:p%2Bss%3Aword"));
        authorization.ShouldBe(isBasic ? basic : "");
        sent.ContainsKey("client_id").ShouldBe(!isBasic);
        sent.GetValueOrDefault("client_secret").ToString().ShouldBe(isBasic ? "" : "p+ss:word");
    }

    [Fact]
    public async Task SignIn_TokenOfAnotherKey_OpensNoSession()
    {
        using var stranger = TestKeys.OtherRsa();
        using var browser = new ConsoleBrowser(service);
        var asked = await BeginAsync(browser);
        sign = token =>
            TestIdentityProvider.SignWith(
                stranger,
                """{"alg":"RS256","kid":"rsa-1","typ":"JWT"}""",
                token.ToJsonString()
            );

        using var answer = await browser.GetAsync(AnswerTo(asked));

        await ShouldBeRefusedAsync(browser, answer);
    }

    [Fact]
    public async Task SignIn_UnsignedToken_OpensNoSession()
    {
        using var browser = new ConsoleBrowser(service);
        var asked = await BeginAsync(browser);
        sign = token =>
            $"{TestIdentityProvider.Encode("{\"alg\":\"none\"}"u8.ToArray())}.{TestIdentityProvider.Encode(Encoding.UTF8.GetBytes(token.ToJsonString()))}.";

        using var answer = await browser.GetAsync(AnswerTo(asked));

        await ShouldBeRefusedAsync(browser, answer);
    }

    [Theory]
    [InlineData("https://other.test")]
    [InlineData(null)]
    public async Task Callback_IssOfAnotherProvider_OpensNoSession(string? iss)
    {
        using var browser = new ConsoleBrowser(service);
        var asked = await BeginAsync(browser);

        using var answer = await browser.GetAsync(AnswerTo(asked, iss: iss));

        await ShouldBeRefusedAsync(browser, answer);
        idp.RequestsTo("/token").ShouldBe(0);
    }

    // The correlation cookie is of one use, whether the first answer held or not.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Callback_ReplayedAnswer_OpensNoSession(bool firstHolds)
    {
        using var browser = new ConsoleBrowser(service);
        var asked = await BeginAsync(browser);
        claims["nonce"] = firstHolds ? asked["nonce"] : "another-nonce";
        using (var first = await browser.GetAsync(AnswerTo(asked)))
        {
            first.StatusCode.ShouldBe(firstHolds ? HttpStatusCode.SeeOther : HttpStatusCode.Forbidden);
        }

        claims["nonce"] = asked["nonce"];
        browser.Cookies.Remove(ConsoleCookie.Session);
        using var answer = await browser.GetAsync(AnswerTo(asked));

        await ShouldBeRefusedAsync(browser, answer);
        idp.RequestsTo("/token").ShouldBe(1);
    }

    // RFC 9700 §4.5: a code that was given to another browser is redeemed with this browser's verifier, and refused.
    [Fact]
    public async Task Callback_CodeOfAnotherBrowser_OpensNoSession()
    {
        using var thief = new ConsoleBrowser(service);
        using var owner = new ConsoleBrowser(service);
        var asked = await BeginAsync(thief);
        var challenge = (await BeginAsync(owner))["code_challenge"];
        idp.Script(
            "/token",
            async http =>
            {
                var sent = await http.Request.ReadFormAsync(http.RequestAborted);
                var verifier = Encoding.ASCII.GetBytes(sent["code_verifier"].ToString());
                http.Response.StatusCode =
                    TestIdentityProvider.Encode(SHA256.HashData(verifier)) == challenge ? 200 : 400;
            }
        );

        using var answer = await thief.GetAsync(AnswerTo(asked));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadGateway, thief.Page);
        thief.Cookies.ShouldNotContainKey(ConsoleCookie.Session);
        idp.RequestsTo("/token").ShouldBe(1);
    }

    [Theory]
    [InlineData("code")]
    [InlineData("iss")]
    [InlineData("state")]
    public async Task Callback_RepeatedParameter_OpensNoSession(string name)
    {
        using var browser = new ConsoleBrowser(service);
        var asked = await BeginAsync(browser);

        using var answer = await browser.GetAsync($"{AnswerTo(asked)}&{name}=x");

        await ShouldBeRefusedAsync(browser, answer);
        idp.RequestsTo("/token").ShouldBe(0);
    }

    [Theory]
    [InlineData(4096, true)]
    [InlineData(4097, false)]
    [InlineData(0, false)]
    public async Task Callback_Code_HasALimit(int length, bool isGood)
    {
        using var browser = new ConsoleBrowser(service);
        var asked = await BeginAsync(browser);
        var path = AnswerTo(asked).Replace("the-code", new string('c', length), StringComparison.Ordinal);

        using var answer = await browser.GetAsync(path);

        answer.StatusCode.ShouldBe(isGood ? HttpStatusCode.SeeOther : HttpStatusCode.Forbidden, browser.Page);
    }

    [Fact]
    public async Task Callback_ErrorOfTheProvider_IsNamedInTheLogAlone()
    {
        var logs = new CapturedLogs();
        await using var logged = await ServiceUnderTest.StartAsync(
            logs.AddTo,
            options => options with { SignIn = signIn },
            time
        );
        using var browser = new ConsoleBrowser(logged);
        var asked = await BeginAsync(browser);

        using var answer = await browser.GetAsync(
            $"{Callback}?error=access_denied&error_description=secret&state={asked["state"]}&iss={idp.Url}"
        );

        await ShouldBeRefusedAsync(browser, answer);
        browser.Page.ShouldNotContain("access_denied");
        logs.Text.ShouldContain("the provider said access_denied");
    }

    [Fact]
    public async Task SignIn_AtEveryLevel_LogsNoTokenVerifierOrName()
    {
        var logs = new CapturedLogs();
        await using var logged = await ServiceUnderTest.StartAsync(
            logs.AddTo,
            options => options with { SignIn = signIn },
            time
        );
        using var browser = new ConsoleBrowser(logged);
        var asked = await BeginAsync(browser);
        using (var good = await browser.GetAsync(AnswerTo(asked)))
        {
            good.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        }

        var verifier = QueryHelpers.ParseQuery(form)["code_verifier"].ToString();
        asked = await BeginAsync(browser);
        claims["aud"] = "another-client";
        (await browser.GetAsync(AnswerTo(asked))).Dispose();

        logs.Text.ShouldContain("id_token: Audience");
        var header = idp.Sign(claims).Split('.')[0]; // what every token of this provider begins with
        foreach (var secret in new[] { header, verifier, asked["nonce"], "Ada Lovelace", "the-access-token" })
        {
            logs.Text.ShouldNotContain(secret);
        }
    }

    // A node stores nothing of a sign-in: another node may receive the answer.
    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Callback_AtAnotherNode_OpensASession()
    {
        await using var one = await ServiceUnderTest.StartAsync(
            options: options =>
                options with
                {
                    SignIn = signIn,
                    Storage = ServiceUnderTest.OptionsIn(options.StateDirectory, StorageBackend.Postgres).Storage,
                },
            time: time
        );
        await using var other = await one.JoinAsync("node-2");
        using var browser = new ConsoleBrowser(one);
        var asked = await BeginAsync(browser);
        using var elsewhere = new ConsoleBrowser(other);
        foreach (var (name, value) in browser.Cookies)
        {
            elsewhere.Cookies[name] = value;
        }

        using var answer = await elsewhere.GetAsync(AnswerTo(asked));

        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther, elsewhere.Page);
        elsewhere.Cookies.ShouldContainKey(ConsoleCookie.Session);
    }

    [Fact]
    public async Task Begin_Cookies_AreOfThisHostAloneAndOutOfReachOfScripts()
    {
        using var browser = new ConsoleBrowser(service);

        using var answer = await browser.GetAsync("/console/sign-in/provider");

        var cookies = answer.Headers.GetValues("Set-Cookie").ToList();
        cookies.Count.ShouldBe(3);
        foreach (var cookie in cookies)
        {
            cookie.ShouldStartWith("__Host-culvert-");
            var attributes = cookie.Split("; ").Skip(1).Select(one => one.ToLowerInvariant()).ToList();
            attributes.ShouldContain("path=/");
            attributes.ShouldContain("secure");
            attributes.ShouldContain("httponly");
            attributes.ShouldContain("samesite=lax");
            attributes.ShouldNotContain(one => one.StartsWith("domain", StringComparison.Ordinal));
        }
    }

    // A link that a user follows again and again must not fill the browser's cookies.
    [Fact]
    public async Task Begin_ManyTimes_KeepsFourAttemptsAtMost()
    {
        using var browser = new ConsoleBrowser(service);
        Dictionary<string, string> asked = [];
        for (var i = 0; i < 20; i++)
        {
            asked = await BeginAsync(browser);
            browser.Cookies.Count.ShouldBeLessThanOrEqualTo(9);
        }

        using var answer = await browser.GetAsync(AnswerTo(asked));

        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
    }

    [Fact]
    public async Task Begin_State_ShowsNothing()
    {
        using var browser = new ConsoleBrowser(service);
        var asked = await BeginAsync(browser, "/console/tunnels");

        var state = Encoding.Latin1.GetString(WebEncoders.Base64UrlDecode(asked["state"]));

        state.ShouldNotContain("/console/tunnels");
        state.ShouldNotContain("code_verifier");
    }

    [Fact]
    public async Task Callback_StateOfAnotherBrowser_OpensNoSession()
    {
        using var browser = new ConsoleBrowser(service);
        using var victim = new ConsoleBrowser(service);
        var asked = await BeginAsync(browser);
        await BeginAsync(victim);

        using var answer = await victim.GetAsync(AnswerTo(asked));

        await ShouldBeRefusedAsync(victim, answer);
        idp.RequestsTo("/token").ShouldBe(0);
    }

    [Fact]
    public async Task Callback_TooLate_OpensNoSession()
    {
        using var browser = new ConsoleBrowser(service);
        var asked = await BeginAsync(browser);
        time.Advance(TimeSpan.FromMinutes(10) + TimeSpan.FromSeconds(1));

        using var answer = await browser.GetAsync(AnswerTo(asked));

        await ShouldBeRefusedAsync(browser, answer);
    }

    [Fact]
    public async Task Callback_AlteredState_OpensNoSession()
    {
        using var browser = new ConsoleBrowser(service);
        var asked = await BeginAsync(browser);

        using var answer = await browser.GetAsync($"{Callback}?code=c&state=x{asked["state"]}&iss={idp.Url}");

        await ShouldBeRefusedAsync(browser, answer);
    }

    [Fact]
    public async Task Session_OlderThanTenMinutes_IsProvedAgainWithoutAsking()
    {
        using var browser = await SignedInAsync();
        time.Advance(TimeSpan.FromMinutes(11));

        using var again = await browser.GetAsync("/console/tunnels");
        again.Headers.Location!.ToString().ShouldStartWith("/console/sign-in/provider?next=");
        var asked = await BeginAsync(browser);
        asked["prompt"].ShouldBe("none");
        claims["groups"] = new JsonArray("staff");
        using var answer = await browser.GetAsync(AnswerTo(asked));

        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        (await browser.OpenAsync("/console")).ShouldContain("(viewer)");
    }

    [Fact]
    public async Task Session_RoleTakenAway_EndsAtTheNextProof()
    {
        using var browser = await SignedInAsync();
        var old = browser.Cookies[ConsoleCookie.Session];
        time.Advance(TimeSpan.FromMinutes(11));
        var asked = await BeginAsync(browser);
        claims["groups"] = new JsonArray();

        using var answer = await browser.GetAsync(AnswerTo(asked));

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        browser.Cookies[ConsoleCookie.Session] = old;
        using var page = await browser.GetAsync("/console");
        page.Headers.Location!.ToString().ShouldStartWith("/console/sign-in?next=");
    }

    [Fact]
    public async Task Session_NotProvedForAQuarterOfAnHour_Ends()
    {
        using var browser = await SignedInAsync();
        time.Advance(TimeSpan.FromMinutes(15) + TimeSpan.FromSeconds(1));

        using var page = await browser.GetAsync("/console");

        page.Headers.Location!.ToString().ShouldStartWith("/console/sign-in?next=");
    }

    [Fact]
    public async Task Begin_ProviderAway_SaysSo()
    {
        idp.Script(
            TestIdentityProvider.DiscoveryPath,
            http =>
            {
                http.Response.StatusCode = 500;
                return Task.CompletedTask;
            }
        );
        using var browser = new ConsoleBrowser(service);

        using var answer = await browser.GetAsync("/console/sign-in/provider");

        answer.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        browser.Page.ShouldContain("console.provider");
    }

    private async Task<JsonElement> KeyAsync(string name) =>
        (await service.Api.GetOkAsync("/v1/admin_keys"))
            .GetProperty("data")
            .EnumerateArray()
            .Single(key => key.Text("name") == name);

    private async Task<ConsoleBrowser> SignedInAsync()
    {
        var browser = new ConsoleBrowser(service);
        var asked = await BeginAsync(browser);
        using var answer = await browser.GetAsync(AnswerTo(asked));
        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        return browser;
    }

    /// <summary>Goes to the provider: what it is asked, and the claims that it will answer with.</summary>
    private async Task<Dictionary<string, string>> BeginAsync(ConsoleBrowser browser, string next = "/console")
    {
        using var answer = await browser.GetAsync($"/console/sign-in/provider?next={Uri.EscapeDataString(next)}");
        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        var url = answer.Headers.Location!;
        url.GetLeftPart(UriPartial.Path).ShouldBe($"{idp.Url}/authorize");
        var asked = QueryHelpers.ParseQuery(url.Query).ToDictionary(one => one.Key, one => one.Value.ToString());
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        claims = new JsonObject
        {
            ["iss"] = idp.Url,
            ["sub"] = "ada",
            ["aud"] = Client,
            ["exp"] = now + 300,
            ["iat"] = now,
            ["nonce"] = asked["nonce"],
            ["name"] = "Ada Lovelace",
            ["groups"] = new JsonArray("sre", "visitors"),
        };
        return asked;
    }

    private string AnswerTo(Dictionary<string, string> asked) => AnswerTo(asked, idp.Url);

    private static string AnswerTo(Dictionary<string, string> asked, string? iss) =>
        $"{Callback}?code=the-code&state={Uri.EscapeDataString(asked["state"])}"
        + (iss is null ? "" : $"&iss={Uri.EscapeDataString(iss)}");

    private async Task AnswerTokenAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        form = await reader.ReadToEndAsync(http.RequestAborted);
        authorization = http.Request.Headers.Authorization.ToString();
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(
            new JsonObject
            {
                ["id_token"] = sign?.Invoke(claims) ?? idp.Sign(claims),
                ["access_token"] = "the-access-token",
                ["token_type"] = "Bearer",
            }.ToJsonString(),
            http.RequestAborted
        );
    }

    private void Describe(string? method = null)
    {
        var document = new JsonObject
        {
            ["issuer"] = idp.Url,
            ["authorization_endpoint"] = idp.Url + "/authorize",
            ["token_endpoint"] = idp.Url + "/token",
            ["jwks_uri"] = idp.Url + TestIdentityProvider.KeySetPath,
            ["authorization_response_iss_parameter_supported"] = true,
        };
        if (method is not null)
        {
            document["token_endpoint_auth_methods_supported"] = new JsonArray(method);
        }

        var text = document.ToJsonString();
        idp.Script(TestIdentityProvider.DiscoveryPath, http => http.Response.WriteAsync(text, http.RequestAborted));
    }

    private static Task ShouldBeRefusedAsync(ConsoleBrowser browser, HttpResponseMessage answer)
    {
        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden, browser.Page);
        browser.Page.ShouldContain("console.sign_in");
        browser.Cookies.ShouldNotContainKey(ConsoleCookie.Session);
        return Task.CompletedTask;
    }
}
