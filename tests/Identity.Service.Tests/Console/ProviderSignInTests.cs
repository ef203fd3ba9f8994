using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Certificates.Approvals;
using Culvert.Identity.Service.Console.Sessions;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Platform.Net;
using Culvert.Testing;
using Culvert.Testing.Keys;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Console;

/// <summary>The provider is ours and speaks real TLS; what it answers is scripted, one fault at a time.</summary>
[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class ProviderSignInTests : IAsyncLifetime
{
    private const string Client = "culvert-console";
    private const string Callback = "/console/sign-in/provider/callback";

    private readonly FakeTimeProvider time = new();
    private TestIdentityProvider idp = null!;
    private ServiceUnderTest service = null!;
    private string caFile = "";
    private JsonObject claims = null!;
    private Func<JsonObject, string>? sign;
    private string form = "";

    public async ValueTask InitializeAsync()
    {
        idp = await TestIdentityProvider.StartAsync(time);
        caFile = Path.GetTempFileName();
        await File.WriteAllTextAsync(caFile, idp.Pki.RootPem, TestContext.Current.CancellationToken);
        AddressRanges.TryParse(["127.0.0.0/8"], out var networks, out _).ShouldBeTrue();
        service = await ServiceUnderTest.StartAsync(
            options: options =>
                options with
                {
                    SignIn = new SignInOptions
                    {
                        Issuer = idp.Url,
                        ClientId = Client,
                        CaFile = caFile,
                        Networks = networks!,
                        Roles =
                        [
                            new("viewer", ["staff"]),
                            new("operator", ["ops", "sre"]),
                            new("security-admin", ["pki"]),
                        ],
                    },
                },
            time: time
        );
        Describe(namesItself: true);
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
    public async Task SignIn_SecurityAdmin_EndsTheKeyThatInitMade()
    {
        using var browser = new ConsoleBrowser(service);
        var asked = await BeginAsync(browser);
        await service.Api.GetOkAsync("/v1/tunnels");
        claims["groups"] = new JsonArray("pki");

        using var answer = await browser.GetAsync(AnswerTo(asked));

        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        (await browser.OpenAsync(answer.Headers.Location!.ToString())).ShouldContain("made is revoked");
        using var refused = await service.Api.GetAsync("/v1/tunnels", TestContext.Current.CancellationToken);
        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await browser.OpenAsync("/console/audit")).ShouldContain("admin key revoked");
    }

    // S34: who proved a key and then signs in has one vote.
    [Fact]
    public async Task SignIn_WhileAKeysSessionIsOpen_TheKeyNamesThatPerson()
    {
        var made = await service.Api.PostOkAsync("/v1/admin_keys", """{"name":"child","role":"operator"}""");
        using var browser = await ConsoleBrowser.SignedInAsync(service);
        var asked = await BeginAsync(browser);
        asked.ShouldNotContainKey("prompt");
        using var answer = await browser.GetAsync(AnswerTo(asked));
        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);

        var keys = (await service.Api.GetOkAsync("/v1/admin_keys")).GetProperty("data").EnumerateArray().ToList();

        var person = PersonId.FromSubject(idp.Url, "ada");
        var init = keys.Single(key => key.Text("name") == "init");
        init.Text("person").ShouldBe(person);
        init.GetProperty("owner").Text("issuer").ShouldBe(idp.Url);
        init.GetProperty("owner").Text("subject").ShouldBe("ada");
        keys.Single(key => key.Id() == made.Id()).Text("person").ShouldBe(person);
        (await service.Api.GetOkAsync("/v1/audit")).ToString().ShouldContain("admin_key_owned");
        using var other = await ConsoleBrowser.SignedInAsync(service);
        (await other.OpenAsync("/console/settings")).ShouldContain($"<td>ada <code>{person}</code></td>");
    }

    [Fact]
    public async Task SignIn_WhileTheSessionOfAnOwnedKeyIsOpen_TheKeyStaysItsOwners()
    {
        for (var subject = 0; subject < 2; subject++)
        {
            using var browser = await ConsoleBrowser.SignedInAsync(service);
            var asked = await BeginAsync(browser);
            claims["sub"] = $"person-{subject}";
            (await browser.GetAsync(AnswerTo(asked))).Dispose();
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
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(
            new JsonObject
            {
                ["id_token"] = sign?.Invoke(claims) ?? idp.Sign(claims),
                ["token_type"] = "Bearer",
            }.ToJsonString(),
            http.RequestAborted
        );
    }

    private void Describe(bool namesItself) =>
        idp.Script(
            TestIdentityProvider.DiscoveryPath,
            http =>
                http.Response.WriteAsync(
                    new JsonObject
                    {
                        ["issuer"] = idp.Url,
                        ["authorization_endpoint"] = idp.Url + "/authorize",
                        ["token_endpoint"] = idp.Url + "/token",
                        ["jwks_uri"] = idp.Url + TestIdentityProvider.KeySetPath,
                        ["authorization_response_iss_parameter_supported"] = namesItself,
                    }.ToJsonString(),
                    http.RequestAborted
                )
        );

    private static Task ShouldBeRefusedAsync(ConsoleBrowser browser, HttpResponseMessage answer)
    {
        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden, browser.Page);
        browser.Page.ShouldContain("console.sign_in");
        browser.Cookies.ShouldNotContainKey(ConsoleCookie.Session);
        return Task.CompletedTask;
    }
}
