using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.OAuthClients;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Testing;
using Microsoft.AspNetCore.WebUtilities;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Authorization;

/// <summary>Clients that register themselves (RFC 7591): from the registration to the token, and to their removal.</summary>
[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class ClientRegistrationTests : IAsyncLifetime
{
    private const string Clients = "/v1/oauth/clients";
    private const string OfClients = $"{Clients}?registered_by=client";
    private const string Loopback = "http://127.0.0.1/callback";
    private const string Body = $$"""{"client_name":"Editor","redirect_uris":["{{Loopback}}"]}""";

    private AuthorizationBench bench = null!;

    private ServiceUnderTest Service => bench.Service;

    public async ValueTask InitializeAsync() => bench = await AuthorizationBench.StartAsync();

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    [Fact]
    public async Task Register_ByDefault_IsNotFound_AndTheMetadataNameNoEndpoint()
    {
        using var response = await bench.RegisterAsync(Body);
        using var unknown = await bench.Federated.PostAnonymousAsync($"/oauth/{bench.Organization}/unknown", Body);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await response.JsonAsync())
            .GetProperty("error")
            .ToString()
            .ShouldBe((await unknown.JsonAsync()).GetProperty("error").ToString());
        (await MetadataAsync()).TryGetProperty("registration_endpoint", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Register_Enabled_AnswersTheEffectiveMetadata_AndIsAudited()
    {
        await bench.OpenRegistrationAsync("client.example.com");

        using var response = await bench.RegisterAsync(
            """
            {
              "client_name": "Editor",
              "redirect_uris": ["http://localhost:3334/oauth/callback", "https://client.example.com/cb"],
              "token_endpoint_auth_method": "none",
              "grant_types": ["authorization_code"],
              "response_types": ["code"],
              "scope": "files.read",
              "jwks": {"keys": []},
              "software_id": "2e6dc280-f3c3-4e01-99a7-8181dbd1d23d"
            }
            """
        );

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        (response.Header("cache-control"), response.Header("access-control-allow-origin")).ShouldBe(("no-store", "*"));
        var client = await response.JsonAsync();
        var id = client.Text("client_id")!;
        id.ShouldStartWith("ocl_");
        client
            .ToString()
            .ShouldBe(
                $$"""{"client_id":"{{id}}","client_id_issued_at":{{bench.Federated.Time.GetUtcNow().ToUnixTimeSeconds()}},"""
                    + """
                    "client_name":"Editor","redirect_uris":["http://localhost:3334/oauth/callback","https://client.example.com/cb"],
                    """.Trim()
                    + """
                    "token_endpoint_auth_method":"none","grant_types":["authorization_code","refresh_token"],"response_types":["code"],"dpop_bound_access_tokens":false}
                    """.Trim()
            );
        (await MetadataAsync()).Text("registration_endpoint").ShouldBe($"{bench.Issuer}/register");
        var audited = await bench.Federated.LastAuditAsync("oauth_client_created");
        audited.GetProperty("actor").Text("type").ShouldBe("oauth_client");
        audited.GetProperty("actor").Text("id").ShouldBe(id);
        audited.GetProperty("actor").Text("ip_address").ShouldNotBeEmpty();
        audited.GetProperty("event_data").Text("registered_by").ShouldBe("client");
    }

    [Fact]
    public async Task Register_WithoutName_HasAPlaceholderAsItsName()
    {
        await bench.OpenRegistrationAsync();

        var client = await RegisterOkAsync($$"""{"redirect_uris":["{{Loopback}}"],"dpop_bound_access_tokens":true}""");

        client.Text("client_name").ShouldBe("Unnamed program");
        client.GetProperty("dpop_bound_access_tokens").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task SignIn_SelfRegisteredClient_ShowsThatItChoseItsName_AndGivesATokenForTheRoute()
    {
        await bench.OpenRegistrationAsync();
        var id = (await RegisterOkAsync(Body)).Text("client_id")!;

        var token = await SignInAsync(id);

        token.Text("scope").ShouldBe("files.read files.write");
        var refresh = bench.RefreshForm(token.Text("refresh_token")!);
        refresh["client_id"] = id;
        (await bench.TokenOkAsync(refresh)).Text("token_type").ShouldBe("Bearer");
        (await Service.Api.GetOkAsync($"{Clients}/{id}")).Text("last_sign_in_at").ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Find_AfterRegistrationWasTurnedOff_IsRefused_AndOldRefreshTokensToo()
    {
        await bench.OpenRegistrationAsync();
        var id = (await RegisterOkAsync(Body)).Text("client_id")!;
        var token = await SignInAsync(id);
        await bench.CloseRegistrationAsync();

        var found = await Service
            .Get<Service.OAuthClients.OAuthClients>()
            .FindAsync(bench.Organization, id, TestContext.Current.CancellationToken);

        found.Refusal!.Code.ShouldBe(OAuthClientErrors.RegistrationOff);
        var refresh = bench.RefreshForm(token.Text("refresh_token")!);
        refresh["client_id"] = id;
        await bench.ShouldDenyAsync(refresh);
    }

    [Fact]
    public async Task Authorize_HostThatIsNoLongerPermitted_NeverRedirects()
    {
        await bench.OpenRegistrationAsync("client.example.com");
        var id = (await RegisterOkAsync($$"""{"redirect_uris":["{{AuthorizationBench.RedirectUri}}"]}""")).Text(
            "client_id"
        )!;
        using var browser = new ConsoleBrowser(Service);
        var parameters = bench.AuthorizeParameters();
        parameters["client_id"] = id;
        using var begun = await browser.GetAsync(bench.AuthorizePath(parameters));
        begun.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        await bench.OpenRegistrationAsync("other.example.com");

        using var refused = await browser.GetAsync(bench.AuthorizePath(parameters));

        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        refused.Headers.Location.ShouldBeNull();
    }

    [Fact]
    public async Task Assertion_OfASelfRegisteredClient_IsUnauthorized()
    {
        await bench.OpenRegistrationAsync();
        var id = (await RegisterOkAsync(Body)).Text("client_id")!;
        var form = bench.AssertionForm(bench.Assertion(claims => claims["client_id"] = id));
        form["client_id"] = id;

        await bench.ShouldDenyAsync(form, "unauthorized_client");

        (await bench.Federated.LastAuditAsync("oauth_token_issued"))
            .GetProperty("status")
            .Text("reason")
            .ShouldBe("actor_invalid");
    }

    [Fact]
    public async Task List_ByDefault_HasTheClientsOfAdministratorsAlone()
    {
        await bench.OpenRegistrationAsync();
        var id = (await RegisterOkAsync(Body)).Text("client_id")!;

        Ids(await Service.Api.GetOkAsync(Clients)).ShouldBe([bench.Client]);
        Ids(await Service.Api.GetOkAsync($"{Clients}?registered_by=administrator")).ShouldBe([bench.Client]);
        var registered = await Service.Api.GetOkAsync(OfClients);
        Ids(registered).ShouldBe([id]);
        registered.GetProperty("data")[0].Text("registered_by").ShouldBe("client");
        registered.GetProperty("data")[0].Text("created_by_actor_id").ShouldBe(id);
        await Service
            .Api.GetAsync($"{Clients}?registered_by=any", TestContext.Current.CancellationToken)
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");
    }

    [Fact]
    public async Task Update_SelfRegisteredClient_IsRefused_AndArchiveEndsIt()
    {
        await bench.OpenRegistrationAsync();
        var id = (await RegisterOkAsync(Body)).Text("client_id")!;

        await Service
            .Api.PostAsync($"{Clients}/{id}", """{"name":"Trusted editor"}""")
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "oauth_client.self_registered");
        await Service.Api.PostOkAsync($"{Clients}/{id}/archive");

        var found = await Service
            .Get<Service.OAuthClients.OAuthClients>()
            .FindAsync(bench.Organization, id, TestContext.Current.CancellationToken);
        found.Refusal!.Code.ShouldBe(OAuthClientErrors.Archived);
    }

    [Fact]
    public async Task Register_MoreThanTheLimit_IsUnavailable_UntilOneIsArchived()
    {
        await bench.OpenRegistrationAsync(options => options with { MaxClients = 2 });
        var first = (await RegisterOkAsync(Body)).Text("client_id")!;
        await RegisterOkAsync(Body);

        using var refused = await bench.RegisterAsync(Body);

        refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await refused.JsonAsync()).Text("error").ShouldBe("temporarily_unavailable");
        // Administrators have a limit of their own.
        await bench.Federated.CreateAsync(
            Clients,
            new JsonObject { ["name"] = "Another", ["redirect_uris"] = new JsonArray(Loopback) }
        );
        await Service.Api.PostOkAsync($"{Clients}/{first}/archive");
        await RegisterOkAsync(Body);
    }

    [Fact]
    public async Task Job_UnusedClients_RemovesThoseWithoutSignInAndGrant()
    {
        await Service.PauseJobsAsync();
        await bench.OpenRegistrationAsync(options => options with { UnusedAfter = TimeSpan.FromDays(5) });
        var signedIn = (await RegisterOkAsync(Body)).Text("client_id")!;
        var unused = (await RegisterOkAsync(Body)).Text("client_id")!;
        var token = await SignInAsync(signedIn);
        bench.Federated.Time.Advance(TimeSpan.FromDays(4));
        await RunJobAsync();
        Ids(await Service.Api.GetOkAsync(OfClients)).ShouldBe([unused, signedIn]);
        var recent = (await RegisterOkAsync(Body)).Text("client_id")!;
        bench.Federated.Time.Advance(TimeSpan.FromDays(2));

        await RunJobAsync();

        Ids(await Service.Api.GetOkAsync(OfClients)).ShouldBe([recent, signedIn]);
        Ids(await Service.Api.GetOkAsync(Clients)).ShouldBe([bench.Client]);
        var removed = await bench.Federated.LastAuditAsync("oauth_clients_removed");
        removed.GetProperty("event_data").GetProperty("count").GetInt32().ShouldBe(1);
        removed.GetProperty("actor").Text("type").ShouldBe("system");

        using var revoked = await bench.TokenAsync(
            new() { ["token"] = token.Text("refresh_token")! },
            endpoint: "revoke"
        );
        await RunJobAsync();
        Ids(await Service.Api.GetOkAsync(OfClients)).ShouldBe([recent]);
    }

    private async Task<JsonElement> SignInAsync(string clientId)
    {
        const string Redirect = "http://127.0.0.1:49152/callback";
        using var browser = new ConsoleBrowser(Service);
        using var page = await bench.SignInAsync(
            browser,
            parameters =>
            {
                parameters["client_id"] = clientId;
                parameters["redirect_uri"] = Redirect;
            }
        );
        page.StatusCode.ShouldBe(HttpStatusCode.OK, browser.Page);
        browser.Page.ShouldContain("The program chose its name.");
        browser.Page.ShouldNotContain("An administrator registered this program.");
        browser.Page.ShouldContain("127.0.0.1:49152");
        using var answer = await bench.AnswerAsync(browser);
        var form = bench.CodeForm(QueryHelpers.ParseQuery(answer.Headers.Location!.Query)["code"].ToString());
        form["client_id"] = clientId;
        form["redirect_uri"] = Redirect;
        return await bench.TokenOkAsync(form);
    }

    private async Task<JsonElement> RegisterOkAsync(string body)
    {
        using var response = await bench.RegisterAsync(body);
        var answer = await response.JsonAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.Created, answer.ToString());
        return answer;
    }

    private async Task<JsonElement> MetadataAsync()
    {
        using var response = await bench.Federated.SendAnonymousAsync(
            new HttpRequestMessage(
                HttpMethod.Get,
                $"/oauth/{bench.Organization}/.well-known/oauth-authorization-server"
            )
        );
        return await response.JsonAsync();
    }

    private Task RunJobAsync() => Service.Api.PostOkAsync("/v1/jobs/unused_oauth_clients/run", "{}");

    private static IEnumerable<string> Ids(JsonElement page) =>
        page.GetProperty("data").EnumerateArray().Select(client => client.Id());
}
