using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Authorization;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Console.SignIn;
using Culvert.Identity.Service.OAuthClients;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tokens.Binding;
using Culvert.Jose.Keys;
using Culvert.Jose.Proofs;
using Culvert.Platform.Addresses;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Authorization;

/// <summary>A service with an authorization server, a provider where Ada signs in, a client, and a rule for people.</summary>
internal sealed class AuthorizationBench : IAsyncDisposable
{
    public const string ConsoleClient = "culvert-console";
    public const string RedirectUri = "https://client.example.com/callback";

    /// <summary>The header of an identity assertion.</summary>
    public const string AssertionHeader = """{"alg":"RS256","kid":"rsa-1","typ":"oauth-id-jag+jwt"}""";

    /// <summary>RFC 7636, appendix B.</summary>
    public const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    private readonly string caFile;
    private string nonce = "";

    private AuthorizationBench(FederatedService federated, string caFile)
    {
        Federated = federated;
        this.caFile = caFile;
    }

    public FederatedService Federated { get; }

    public ServiceUnderTest Service => Federated.Service;

    public string Organization => Federated.OrganizationId;

    public string Issuer => $"{FederatedService.PublicUrl}/oauth/{Organization}";

    public string Client { get; private set; } = "";

    /// <summary>Who signs in at the provider.</summary>
    public string Subject { get; set; } = "ada";

    public string RuleId { get; private set; } = "";

    public string Resource { get; private set; } = "";

    public string IssuerId { get; private set; } = "";

    public string TunnelId { get; private set; } = "";

    public static string Challenge => TestIdentityProvider.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    public static async Task<AuthorizationBench> StartAsync(
        Action<IServiceCollection>? configure = null,
        Func<ServiceOptions, ServiceOptions>? options = null
    )
    {
        var federated = await FederatedService.StartAsync(options, configure);
        var caFile = Path.GetTempFileName();
        await File.WriteAllTextAsync(caFile, federated.Provider.Pki.RootPem, TestContext.Current.CancellationToken);
        var bench = new AuthorizationBench(federated, caFile);
        await bench.EnableAsync(true);
        bench.ScriptProvider();
        var client = await federated.CreateAsync(
            "/v1/oauth/clients",
            new JsonObject { ["name"] = "Editor", ["redirect_uris"] = new JsonArray(RedirectUri) }
        );
        bench.Client = client.Text("id");
        var tunnel = await federated.CreateAsync("/v1/tunnels", new JsonObject { ["display_name"] = "docs" });
        bench.TunnelId = tunnel.Text("id");
        bench.Resource = $"https://docs.{tunnel.Text("domain")}/mcp";
        bench.IssuerId = await federated.IssuerAsync();
        bench.RuleId = await bench.RuleAsync();
        return bench;
    }

    public Task EnableAsync(bool isEnabled, TimeSpan? idle = null, TimeSpan? lifetime = null, bool isSingle = true)
    {
        AddressRanges.TryParse(["127.0.0.0/8"], out var networks, out _).ShouldBeTrue();
        return Service.ReloadAsync(options =>
            options with
            {
                SignIn = new SignInOptions
                {
                    Issuer = Federated.Provider.Url,
                    ClientId = ConsoleClient,
                    Organization = Organization,
                    CaFile = caFile,
                    Networks = networks!,
                    Roles = [new("viewer", ["staff"])],
                },
                Authorization = Create(isEnabled, idle, lifetime),
                // RuleApprovalTests are about the second person.
                Certificates = options.Certificates with
                {
                    SingleApproval = isSingle,
                },
            }
        );
    }

    private static AuthorizationOptions Create(bool isEnabled, TimeSpan? idle, TimeSpan? lifetime)
    {
        var options = new AuthorizationOptions { Enabled = isEnabled };
        return options with
        {
            RefreshIdle = idle ?? options.RefreshIdle,
            RefreshLifetime = lifetime ?? options.RefreshLifetime,
        };
    }

    /// <summary>Lets clients register themselves.</summary>
    /// <param name="hosts">Where they may be redirected besides this computer.</param>
    public Task OpenRegistrationAsync(params IReadOnlyList<string> hosts) =>
        OpenRegistrationAsync(options => options with { RedirectHosts = hosts });

    public Task OpenRegistrationAsync(Func<DynamicRegistrationOptions, DynamicRegistrationOptions> change) =>
        SetRegistrationAsync(change(new DynamicRegistrationOptions { Enabled = true }));

    public Task CloseRegistrationAsync() => SetRegistrationAsync(new DynamicRegistrationOptions());

    private Task SetRegistrationAsync(DynamicRegistrationOptions registration) =>
        Service.ReloadAsync(options =>
            options with
            {
                OAuthClients = options.OAuthClients with { Registration = registration },
            }
        );

    public Task<HttpResponseMessage> RegisterAsync(string body, string contentType = "application/json") =>
        Federated.PostAnonymousAsync($"/oauth/{Organization}/register", body, contentType);

    /// <summary>A rule for people with the subject ada.</summary>
    public async Task<string> RuleAsync(Action<JsonObject>? edit = null)
    {
        var body = Federated.RuleBody(IssuerId, await Federated.AccountAsync());
        body.Remove("oauth_scope");
        body["subject_type"] = "person";
        body["match"] = new JsonObject { ["subject_prefix"] = "ada" };
        body["route_scopes"] = new JsonArray("files.read", "files.write");
        body["tunnel_ids"] = new JsonArray(TunnelId);
        edit?.Invoke(body);
        return (await Federated.CreateAsync(FederatedService.Rules, body)).Text("id");
    }

    public Dictionary<string, string> AuthorizeParameters() =>
        new()
        {
            ["response_type"] = "code",
            ["client_id"] = Client,
            ["redirect_uri"] = RedirectUri,
            ["code_challenge"] = Challenge,
            ["code_challenge_method"] = "S256",
            ["resource"] = Resource,
            ["state"] = "the-state",
        };

    public string AuthorizePath(Dictionary<string, string> parameters) =>
        QueryHelpers.AddQueryString($"/oauth/{Organization}/authorize", parameters!);

    /// <summary>Signs Ada in; the browser then shows the consent page, or the answer redirects to the client.</summary>
    public async Task<HttpResponseMessage> SignInAsync(
        ConsoleBrowser browser,
        Action<Dictionary<string, string>>? edit = null
    )
    {
        var parameters = AuthorizeParameters();
        edit?.Invoke(parameters);
        return await SignInAtAsync(browser, AuthorizePath(parameters));
    }

    /// <summary>Opens a page that sends the browser to the provider; the answer is what the provider's callback shows.</summary>
    public async Task<HttpResponseMessage> SignInAtAsync(ConsoleBrowser browser, string path)
    {
        using var begun = await browser.GetAsync(path);
        begun.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        var provider = QueryHelpers.ParseQuery(begun.Headers.Location!.Query);
        provider["redirect_uri"].ToString().ShouldBe($"{Issuer}/callback", begun.Headers.Location.ToString());
        nonce = provider["nonce"].ToString();
        return await browser.GetAsync(
            $"/oauth/{Organization}/callback?code=the-code&state={Uri.EscapeDataString(provider["state"].ToString())}"
                + $"&iss={Uri.EscapeDataString(Federated.Provider.Url)}"
        );
    }

    public Task<HttpResponseMessage> AnswerAsync(ConsoleBrowser browser, string answer = "allow") =>
        browser.SubmitAsync(
            $"/oauth/{Organization}/consent",
            (ConsentForm.RequestField, RequestOn(browser)),
            (ConsentForm.AnswerField, answer)
        );

    public static string RequestOn(ConsoleBrowser browser)
    {
        const string Mark = "name=\"request\" value=\"";
        var at = browser.Page.IndexOf(Mark, StringComparison.Ordinal) + Mark.Length;
        return browser.Page[at..browser.Page.IndexOf('"', at)];
    }

    /// <summary>The parameters of the redirect to the client.</summary>
    public static Dictionary<string, string> AnswerTo(HttpResponseMessage response)
    {
        response.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        var url = response.Headers.Location!;
        url.GetLeftPart(UriPartial.Path).ShouldBe(RedirectUri);
        return QueryHelpers.ParseQuery(url.Query).ToDictionary(one => one.Key, one => one.Value.ToString());
    }

    public async Task<string> CodeAsync(Action<Dictionary<string, string>>? edit = null)
    {
        using var browser = new ConsoleBrowser(Service);
        using var page = await SignInAsync(browser, edit);
        page.StatusCode.ShouldBe(HttpStatusCode.OK, browser.Page);
        using var answer = await AnswerAsync(browser);
        return AnswerTo(answer)["code"];
    }

    public Dictionary<string, string> CodeForm(string code) =>
        new()
        {
            ["grant_type"] = "authorization_code",
            ["client_id"] = Client,
            ["code"] = code,
            ["redirect_uri"] = RedirectUri,
            ["code_verifier"] = Verifier,
        };

    public Dictionary<string, string> RefreshForm(string token) =>
        new()
        {
            ["grant_type"] = "refresh_token",
            ["client_id"] = Client,
            ["refresh_token"] = token,
        };

    /// <summary>The identity provider's statement that Ada uses the client at the route, for five minutes.</summary>
    public JsonObject AssertionClaims(Action<JsonObject>? edit = null)
    {
        var claims = Federated.Provider.Claims(Issuer);
        claims["sub"] = "ada";
        claims["client_id"] = Client;
        claims["resource"] = Resource;
        claims["scope"] = "files.read files.write";
        edit?.Invoke(claims);
        return claims;
    }

    public string Assertion(Action<JsonObject>? edit = null) =>
        Federated.Provider.Sign(AssertionClaims(edit), AssertionHeader);

    public Dictionary<string, string> AssertionForm(string assertion) =>
        new()
        {
            ["grant_type"] = FormCalls.JwtBearer,
            ["client_id"] = Client,
            ["assertion"] = assertion,
        };

    /// <summary>What a workload presents: its own token and the route.</summary>
    public Dictionary<string, string> WorkloadForm(string assertion) =>
        new()
        {
            ["grant_type"] = FormCalls.JwtBearer,
            ["assertion"] = assertion,
            ["resource"] = Resource,
        };

    /// <summary>A rule for workloads that grants scopes of the tunnel's routes.</summary>
    public Task<string> WorkloadRuleAsync(Action<JsonObject>? edit = null) =>
        RuleAsync(body =>
        {
            body["subject_type"] = "workload";
            body["match"] = new JsonObject { ["subject_prefix"] = "repo:acme/app:ref:refs/heads/main" };
            edit?.Invoke(body);
        });

    /// <summary>Why a request was denied: by the audit log if the assertion was proven, else by the history.</summary>
    public async Task<string?> FindReasonAsync(string requestId)
    {
        if (await Federated.HistoryOfAsync(requestId) is { } entry)
        {
            return entry.GetProperty("reason").GetString();
        }

        var audit = await Federated.GetAsync("/v1/audit?limit=100");
        return audit
            .GetProperty("data")
            .EnumerateArray()
            .Select(one => one.GetProperty("body"))
            .Where(body => body.Text("event") == "oauth_token_issued" && body.Text("request_id") == requestId)
            .Select(body => body.GetProperty("status").GetProperty("reason").GetString())
            .SingleOrDefault();
    }

    public async Task<HttpResponseMessage> TokenAsync(
        Dictionary<string, string> form,
        string? organization = null,
        string endpoint = "token",
        SigningKey? key = null
    )
    {
        using var content = new FormUrlEncodedContent(form);
        var path = $"/oauth/{organization ?? Organization}/{endpoint}";
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        if (key is not null)
        {
            request.Headers.Add(
                "DPoP",
                new DpopProofSigner(key).Sign(
                    "POST",
                    new Uri(FederatedService.PublicUrl + path),
                    Federated.Time.GetUtcNow(),
                    Service.Get<DpopNonces>().Current,
                    accessToken: null
                )
            );
        }

        return await Federated.SendAnonymousAsync(request);
    }

    public async Task<JsonElement> TokenOkAsync(Dictionary<string, string> form, SigningKey? key = null)
    {
        using var response = await TokenAsync(form, key: key);
        response.StatusCode.ShouldBe(
            HttpStatusCode.OK,
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)
        );
        return await response.JsonAsync();
    }

    public async Task ShouldDenyAsync(
        Dictionary<string, string> form,
        string error = "invalid_grant",
        SigningKey? key = null
    )
    {
        using var response = await TokenAsync(form, key: key);
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.JsonAsync()).Text("error").ShouldBe(error);
    }

    public async ValueTask DisposeAsync()
    {
        await Federated.DisposeAsync();
        File.Delete(caFile);
    }

    private void ScriptProvider()
    {
        var provider = Federated.Provider;
        var discovery = new JsonObject
        {
            ["issuer"] = provider.Url,
            ["authorization_endpoint"] = provider.Url + "/authorize",
            ["token_endpoint"] = provider.Url + "/token",
            ["jwks_uri"] = provider.Url + TestIdentityProvider.KeySetPath,
            ["authorization_response_iss_parameter_supported"] = true,
        }.ToJsonString();
        provider.Script(
            TestIdentityProvider.DiscoveryPath,
            http => http.Response.WriteAsync(discovery, http.RequestAborted)
        );
        provider.Script(
            "/token",
            http =>
            {
                var now = Federated.Time.GetUtcNow().ToUnixTimeSeconds();
                var claims = new JsonObject
                {
                    ["iss"] = provider.Url,
                    ["sub"] = Subject,
                    ["aud"] = ConsoleClient,
                    ["exp"] = now + 300,
                    ["iat"] = now,
                    ["nonce"] = nonce,
                    ["name"] = "Ada Lovelace",
                };
                http.Response.ContentType = "application/json";
                return http.Response.WriteAsync(
                    new JsonObject
                    {
                        ["id_token"] = provider.Sign(claims),
                        ["access_token"] = "the-access-token",
                        ["token_type"] = "Bearer",
                    }.ToJsonString(),
                    http.RequestAborted
                );
            }
        );
    }
}
