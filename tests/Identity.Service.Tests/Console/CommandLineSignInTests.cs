using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Console.Sessions;
using Culvert.Identity.Service.Console.SignIn;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tokens.Binding;
using Culvert.Jose.Keys;
using Culvert.Jose.Proofs;
using Culvert.Platform.Addresses;
using Culvert.Testing;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Console;

/// <summary>People at the command line: the roles of the console, by the same mapping, with a token bound to a key.</summary>
public sealed class CommandLineSignInTests : IAsyncLifetime
{
    private const string Client = "culvert-cli";
    private const string Public = "https://identity.test:8443";

    private readonly FakeTimeProvider time = new();
    private readonly SigningKey key = SigningKey.Create();
    private TestIdentityProvider idp = null!;
    private ServiceUnderTest service = null!;
    private string caFile = "";
    private SignInOptions signIn = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        idp = await TestIdentityProvider.StartAsync(time);
        caFile = Path.GetTempFileName();
        await File.WriteAllTextAsync(caFile, idp.Pki.RootPem, Token);
        AddressRanges.TryParse(["127.0.0.0/8"], out var networks, out _).ShouldBeTrue();
        signIn = new SignInOptions
        {
            Issuer = idp.Url,
            ClientId = "culvert-console",
            CommandLineClientId = Client,
            CaFile = caFile,
            Networks = networks!,
            Roles = [new("auditor", ["audit"]), new("operator", ["sre"]), new("security-admin", ["pki"])],
        };
        var text = new JsonObject
        {
            ["issuer"] = idp.Url,
            ["authorization_endpoint"] = idp.Url + "/authorize",
            ["token_endpoint"] = idp.Url + "/token",
            ["jwks_uri"] = idp.Url + TestIdentityProvider.KeySetPath,
        }.ToJsonString();
        idp.Script(TestIdentityProvider.DiscoveryPath, http => http.Response.WriteAsync(text, http.RequestAborted));
        service = await ServiceUnderTest.StartAsync(options: options => options with { SignIn = signIn }, time: time);
    }

    public async ValueTask DisposeAsync()
    {
        await service.DisposeAsync();
        await idp.DisposeAsync();
        key.Dispose();
        File.Delete(caFile);
    }

    [Fact]
    public async Task SignIn_GroupOfARole_ActsWithThatRoleAndIsAuditedAsThePerson()
    {
        var token = await SignedInAsync("sre");

        using var made = await CallAsync("POST", "/v1/tunnels", token);
        using var audit = await CallAsync("GET", "/v1/audit", token);
        using var authority = await CallAsync("POST", "/v1/certificate_authorities", token);
        using var secret = await CallAsync("POST", "/v1/tunnels/x/reveal_token", token);

        made.StatusCode.ShouldBe(HttpStatusCode.OK);
        audit.StatusCode.ShouldBe(HttpStatusCode.OK);
        authority.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        secret.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var entry = (await service.Api.GetOkAsync("/v1/audit?event=tunnel_created")).GetProperty("data")[0];
        var actor = entry.GetProperty("body").GetProperty("actor");
        actor.Text("type").ShouldBe("person");
        actor.Text("subject").ShouldBe("ada");
        (await service.Api.GetOkAsync("/v1/audit?event=console_signed_in&subject=ada"))
            .GetProperty("data")
            .GetArrayLength()
            .ShouldBe(1);
    }

    [Fact]
    public async Task SignIn_Auditor_ReadsEvidenceAndChangesNothing()
    {
        var token = await SignedInAsync("audit");

        using var export = await CallAsync("GET", "/v1/audit/export", token);
        using var made = await CallAsync("POST", "/v1/tunnels", token);

        export.StatusCode.ShouldBe(HttpStatusCode.OK);
        made.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task SignIn_SameIdTokenAgain_IsRefused()
    {
        var idToken = IdToken("sre");
        using var first = await SignInAsync(idToken);
        first.StatusCode.ShouldBe(HttpStatusCode.OK);

        await ShouldBeRefusedAsync(SignInAsync(idToken), HttpStatusCode.Forbidden, "console.sign_in");
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task SignIn_IdTokenFromBeforeTheOffBoarding_IsRefused()
    {
        var issuer = await service.Api.PostOkAsync(
            FederatedService.Issuers,
            JsonSerializer.Serialize(
                new
                {
                    name = "people",
                    issuer_url = idp.Url,
                    jwks = new { type = "inline", keys = idp.Keys },
                }
            )
        );
        var before = IdToken("sre");
        var others = IdToken("sre", claims => claims["sub"] = "bob");
        await service.Api.PostOkAsync(
            "/v1/people/off_board",
            JsonSerializer.Serialize(
                new
                {
                    issuer_id = issuer.Id(),
                    subject = "ada",
                    reason = "has left",
                }
            )
        );

        await ShouldBeRefusedAsync(SignInAsync(before), HttpStatusCode.Forbidden, "console.sign_in");
        using var bob = await SignInAsync(others);
        bob.StatusCode.ShouldBe(HttpStatusCode.OK);
        time.JumpTo(time.GetUtcNow() + TimeSpan.FromSeconds(2));
        using var ada = await SignInAsync(IdToken("sre"));
        ada.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("aud", "culvert-console")]
    [InlineData("aud", "another")]
    [InlineData("iss", "https://elsewhere.test")]
    [InlineData("azp", "another")]
    [InlineData("sub", "")]
    public async Task SignIn_WrongClaim_IsRefused(string claim, string value) =>
        await ShouldBeRefusedAsync(
            SignInAsync(IdToken("pki", claims => claims[claim] = value)),
            HttpStatusCode.Forbidden,
            "console.sign_in"
        );

    [Theory]
    [InlineData(299, HttpStatusCode.OK)]
    [InlineData(301, HttpStatusCode.Forbidden)]
    public async Task SignIn_IdTokenOfAnAge_IsGoodForFiveMinutes(int seconds, HttpStatusCode expected)
    {
        var idToken = IdToken("sre", claims => claims["exp"] = time.GetUtcNow().ToUnixTimeSeconds() + 3600);
        time.JumpTo(time.GetUtcNow() + TimeSpan.FromSeconds(seconds));

        using var answer = await SignInAsync(idToken);

        answer.StatusCode.ShouldBe(expected);
    }

    [Fact]
    public async Task SignIn_NoMappedGroup_IsRefused() =>
        await ShouldBeRefusedAsync(SignInAsync(IdToken("visitors")), HttpStatusCode.Forbidden, "console.no_role");

    [Fact]
    public async Task SignIn_WithoutProof_IsRefused() =>
        await ShouldBeRefusedAsync(
            SignInAsync(IdToken("sre"), proof: ""),
            HttpStatusCode.BadRequest,
            "dpop.invalid_proof"
        );

    [Fact]
    public async Task Use_WithoutTheKeyOrAsACookie_IsRefused()
    {
        var token = await SignedInAsync("sre");
        using var bearer = service.Client(token);
        using var browser = new ConsoleBrowser(service)
        {
            Cookies = { [ConsoleCookie.Session] = token["clv_ses_".Length..] },
        };
        using var other = SigningKey.Create();

        await ShouldBeRefusedAsync(
            bearer.GetAsync("/v1/tunnels", Token),
            HttpStatusCode.Unauthorized,
            "token.binding_required"
        );
        await ShouldBeRefusedAsync(
            CallAsync("GET", "/v1/tunnels", token, other),
            HttpStatusCode.Unauthorized,
            "token.dpop_proof"
        );
        using var page = await browser.GetAsync("/console");
        page.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
    }

    [Theory]
    [InlineData(900, HttpStatusCode.OK)]
    [InlineData(901, HttpStatusCode.Unauthorized)]
    public async Task Use_AfterAQuarterOfAnHour_IsRefused(int seconds, HttpStatusCode expected)
    {
        var token = await SignedInAsync("sre");
        time.JumpTo(time.GetUtcNow() + TimeSpan.FromSeconds(seconds));

        using var answer = await CallAsync("GET", "/v1/tunnels", token);

        answer.StatusCode.ShouldBe(expected);
    }

    [Fact]
    public async Task SignIn_NotConfigured_IsRefused()
    {
        await using var without = await ServiceUnderTest.StartAsync(
            options: options => options with { SignIn = signIn with { CommandLineClientId = "" } },
            time: time
        );
        using var anyone = without.Client(null);

        await ShouldBeRefusedAsync(
            anyone.PostAsync("/v1/sign_in", """{"id_token":"x"}"""),
            HttpStatusCode.Forbidden,
            "sign_in.command_line_off"
        );
    }

    private async Task<string> SignedInAsync(string group)
    {
        using var answer = await SignInAsync(IdToken(group));
        var text = await answer.Content.ReadAsStringAsync(Token);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        using var document = JsonDocument.Parse(text);
        document.RootElement.Text("token_type").ShouldBe("DPoP");
        document.RootElement.GetProperty("expires_in").GetInt32().ShouldBe(900);
        return document.RootElement.Text("access_token");
    }

    private Task<HttpResponseMessage> SignInAsync(string idToken, string? proof = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/sign_in")
        {
            Content = new StringContent(
                JsonSerializer.Serialize(new { id_token = idToken }),
                Encoding.UTF8,
                "application/json"
            ),
        };
        if ((proof ?? Prove(key, "POST", "/v1/sign_in", null)) is { Length: > 0 } header)
        {
            request.Headers.Add("DPoP", header);
        }

        return SendAsync(request);
    }

    private Task<HttpResponseMessage> CallAsync(string method, string path, string token, SigningKey? by = null)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.TryAddWithoutValidation("Authorization", $"DPoP {token}");
        request.Headers.Add("DPoP", Prove(by ?? key, method, path, token));
        if (method == "POST")
        {
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        }

        return SendAsync(request);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
    {
        using var anyone = service.Client(null);
        using (request)
        {
            return await anyone.SendAsync(request, Token);
        }
    }

    private string Prove(SigningKey by, string method, string path, string? token) =>
        new DpopProofSigner(by).Sign(
            method,
            new Uri(Public + path),
            time.GetUtcNow(),
            service.Get<DpopNonces>().Current,
            token
        );

    private string IdToken(string group, Action<JsonObject>? change = null)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var claims = new JsonObject
        {
            ["iss"] = idp.Url,
            ["sub"] = "ada",
            ["aud"] = Client,
            ["exp"] = now + 300,
            ["iat"] = now,
            ["name"] = "Ada Lovelace",
            ["groups"] = new JsonArray(group),
        };
        change?.Invoke(claims);
        return idp.Sign(claims);
    }

    private static async Task ShouldBeRefusedAsync(Task<HttpResponseMessage> call, HttpStatusCode status, string code)
    {
        using var answer = await call;
        var text = await answer.Content.ReadAsStringAsync(Token);
        answer.StatusCode.ShouldBe(status, text);
        text.ShouldContain(code);
    }
}
