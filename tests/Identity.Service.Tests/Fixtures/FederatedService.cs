using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Backup;
using Culvert.Identity.Service.Configuration;
using Culvert.Platform.Addresses;
using Culvert.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>A service and an identity provider, and short ways to federate them through the API.</summary>
internal sealed class FederatedService : IAsyncDisposable
{
    public const string PublicUrl = "https://identity.test:8443";
    public const string Issuers = "/v1/organizations/federation_issuers";
    public const string Rules = "/v1/organizations/federation_rules";
    public const string Accounts = "/v1/organizations/service_accounts";
    public const string TokenPath = "/v1/oauth/token";

    private HttpClient anonymous;
    private int names;

    private FederatedService(ServiceUnderTest service, TestIdentityProvider provider)
    {
        Service = service;
        Provider = provider;
        anonymous = service.Client(bearer: null);
    }

    public ServiceUnderTest Service { get; private set; }

    public TestIdentityProvider Provider { get; }

    public FakeTimeProvider Time => Service.Time;

    public string OrganizationId { get; private set; } = "";

    public string WorkspaceId { get; private set; } = "";

    public static async Task<FederatedService> StartAsync(
        Func<ServiceOptions, ServiceOptions>? options = null,
        Action<IServiceCollection>? configure = null
    )
    {
        var time = new FakeTimeProvider();
        var provider = await TestIdentityProvider.StartAsync(time);
        var service = await ServiceUnderTest.StartAsync(
            configure,
            o =>
            {
                o = o with { PrivateIssuerNetworks = [new PrivateNetwork(IPNetwork.Parse("127.0.0.0/8"), Port: null)] };
                return options?.Invoke(o) ?? o;
            },
            time
        );
        var federated = new FederatedService(service, provider);
        federated.OrganizationId = (await federated.GetAsync("/v1/organizations/current")).Text("id");
        var workspaces = await federated.GetAsync("/v1/organizations/workspaces");
        federated.WorkspaceId = workspaces.GetProperty("data")[0].Text("id");
        return federated;
    }

    /// <summary>The service restarts from its store; the provider and the clock stay as they are.</summary>
    public async Task RestartAsync()
    {
        anonymous.Dispose();
        Service = await Service.RestartAsync();
        anonymous = Service.Client(bearer: null);
    }

    /// <summary>
    /// Replaces the service by one that is restored from that backup; the former service continues to run.
    /// </summary>
    public async Task<ServiceUnderTest> RestoreAsync(string backup, RestoreChoice choice)
    {
        var former = Service;
        Service = await former.RestoreElsewhereAsync(backup, choice);
        anonymous.Dispose();
        anonymous = Service.Client(bearer: null);
        return former;
    }

    /// <summary>The body that registers the provider by discovery, with its CA pinned and its port opened.</summary>
    public JsonObject IssuerBody() =>
        new()
        {
            ["name"] = NewName("idp"),
            ["issuer_url"] = Provider.Url,
            ["jwks"] = new JsonObject { ["type"] = "discovery", ["ca_cert_pem"] = Provider.Pki.RootPem },
            ["allowed_targets"] = new JsonArray(new JsonObject { ["cidr"] = "127.0.0.1/32", ["port"] = Provider.Port }),
        };

    public async Task<string> IssuerAsync(Action<JsonObject>? edit = null)
    {
        var body = IssuerBody();
        edit?.Invoke(body);
        return (await CreateAsync(Issuers, body)).Text("id");
    }

    /// <summary>An account that may manage the default workspace's tunnels, or has only the role given.</summary>
    public async Task<string> AccountAsync(string role = "developer", string? workspaceRole = "workspace_developer")
    {
        var body = new JsonObject { ["name"] = NewName("account"), ["organization_role"] = role };
        var account = (await CreateAsync(Accounts, body)).Text("id");
        if (workspaceRole is not null)
        {
            await JoinAsync(account, WorkspaceId, workspaceRole);
        }

        return account;
    }

    public Task<JsonElement> JoinAsync(string accountId, string workspaceId, string role) =>
        CreateAsync(
            $"{Accounts}/{accountId}/workspaces",
            new JsonObject { ["workspace_id"] = workspaceId, ["workspace_role"] = role }
        );

    public async Task<string> NewWorkspaceAsync() =>
        (await CreateAsync("/v1/organizations/workspaces", new JsonObject { ["name"] = NewName("workspace") })).Text(
            "id"
        );

    public JsonObject RuleBody(string issuerId, string accountId) =>
        new()
        {
            ["name"] = NewName("rule"),
            ["issuer_id"] = issuerId,
            ["match"] = new JsonObject { ["subject_prefix"] = "repo:acme/app:ref:refs/heads/main" },
            ["target"] = new JsonObject { ["type"] = "service_account", ["service_account_id"] = accountId },
            ["oauth_scope"] = "workspace:manage_tunnels",
            ["workspace_id"] = WorkspaceId,
        };

    /// <summary>An issuer, an account and a rule; the rule's id.</summary>
    public async Task<string> RuleAsync(Action<JsonObject>? edit = null, Action<JsonObject>? editIssuer = null)
    {
        var body = RuleBody(await IssuerAsync(editIssuer), await AccountAsync());
        edit?.Invoke(body);
        return (await CreateAsync(Rules, body)).Text("id");
    }

    public JsonObject ExchangeBody(string ruleId, string assertion) =>
        new()
        {
            ["grant_type"] = "urn:ietf:params:oauth:grant-type:jwt-bearer",
            ["assertion"] = assertion,
            ["federation_rule_id"] = ruleId,
            ["organization_id"] = OrganizationId,
        };

    /// <summary>A fresh good token.</summary>
    public string Token(Action<JsonObject>? edit = null)
    {
        var claims = Provider.Claims(PublicUrl);
        edit?.Invoke(claims);
        return Provider.Sign(claims);
    }

    public Task<HttpResponseMessage> ExchangeAsync(string ruleId, string assertion, Action<JsonObject>? edit = null)
    {
        var body = ExchangeBody(ruleId, assertion);
        edit?.Invoke(body);
        return PostAnonymousAsync(TokenPath, body.ToJsonString());
    }

    public Task<HttpResponseMessage> PostAnonymousAsync(
        string path,
        string body,
        string contentType = "application/json"
    ) =>
        anonymous.PostAsync(
            path,
            new StringContent(body, Encoding.UTF8, contentType),
            TestContext.Current.CancellationToken
        );

    public Task<HttpResponseMessage> SendAnonymousAsync(HttpRequestMessage message) =>
        anonymous.SendAsync(message, TestContext.Current.CancellationToken);

    /// <summary>The access token of a successful exchange.</summary>
    public async Task<string> AccessTokenAsync(string ruleId)
    {
        using var response = await ExchangeAsync(ruleId, Token());
        if (response.StatusCode == HttpStatusCode.Unauthorized)
        {
            Assert.Fail($"denied: {await HistoryOfAsync(response.Header("request-id")!)}");
        }

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return (await response.JsonAsync()).Text("access_token");
    }

    /// <summary>Exchanges, expects the opaque denial, and returns the reason that the history has for it.</summary>
    public async Task<string?> DenialAsync(string ruleId, string assertion, Action<JsonObject>? edit = null)
    {
        using var response = await ExchangeAsync(ruleId, assertion, edit);
        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        return (await HistoryOfAsync(response.Header("request-id")!))?.GetProperty("reason").GetString();
    }

    public async Task<JsonElement?> HistoryOfAsync(string requestId)
    {
        var history = await GetAsync($"/v1/authentication_history?request_id={requestId}");
        var data = history.GetProperty("data");
        data.GetArrayLength().ShouldBeLessThanOrEqualTo(1);
        return data.GetArrayLength() == 0 ? null : data[0];
    }

    /// <summary>
    /// The body of the newest entry of an event. Others may follow it: what is learnt of an issuer's keys is recorded
    /// in its own time.
    /// </summary>
    public async Task<JsonElement> LastAuditAsync(string name) =>
        (await GetAsync("/v1/audit?limit=100"))
            .GetProperty("data")
            .EnumerateArray()
            .Select(entry => entry.GetProperty("body"))
            .First(body => body.Text("event") == name);

    public async Task<JsonElement> GetAsync(string path)
    {
        using var response = await Service.Api.GetAsync(path, TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await Text(response));
        return await response.JsonAsync();
    }

    public async Task<JsonElement> CreateAsync(string path, JsonObject? body = null)
    {
        using var response = await PostAsync(path, body);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await Text(response));
        return await response.JsonAsync();
    }

    public Task<HttpResponseMessage> PostAsync(string path, JsonObject? body = null, HttpClient? client = null) =>
        (client ?? Service.Api).PostAsync(
            path,
            body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"),
            TestContext.Current.CancellationToken
        );

    public string NewName(string kind) => $"{kind}-{Interlocked.Increment(ref names)}";

    public async ValueTask DisposeAsync()
    {
        anonymous.Dispose();
        await Service.DisposeAsync();
        await Provider.DisposeAsync();
    }

    private static Task<string> Text(HttpResponseMessage response) =>
        response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
}
