using System.Net;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation.Rules;

/// <summary>S2: administrators cannot grant rights that they lack; every administrator can remove rights.</summary>
[Trait("Attack", "A57")]
public sealed class EscalationTests : IAsyncLifetime
{
    private const string Refused = "federation.scope_not_grantable";

    private FederatedService service = null!;
    private HttpClient workload = null!;

    /// <summary>A workload that administers the organization and also has workspace:developer.</summary>
    public async ValueTask InitializeAsync()
    {
        service = await FederatedService.StartAsync(configure: services =>
            services
                .AddSingleton(provider => new InterruptingJournal(provider.GetRequiredService<Journal>()))
                .AddSingleton<IJournal>(provider => provider.GetRequiredService<InterruptingJournal>())
        );
        var rule = service.RuleBody(await service.IssuerAsync(), await service.AccountAsync("admin"));
        rule["oauth_scope"] = "org:admin workspace:developer workspace:manage_tunnels";
        var id = (await service.CreateAsync(FederatedService.Rules, rule)).Text("id");
        workload = service.Service.Client(await service.AccessTokenAsync(id));
    }

    public async ValueTask DisposeAsync()
    {
        workload.Dispose();
        await service.DisposeAsync();
    }

    [Theory]
    [InlineData("workspace:developer", true)]
    // Neither what it lacks, nor tunnels and administration, even if it holds them.
    [InlineData("workspace:inference", false)]
    [InlineData("workspace:manage_tunnels", false)]
    [InlineData("bundle:read", false)]
    [InlineData("certificate:issue", false)]
    [InlineData("scim", false)]
    [InlineData("org:admin", false)]
    [InlineData("installation:operate", false)]
    public async Task CreateRule_ByWorkload_GrantsOnlyWhatItMay(string scope, bool allowed)
    {
        var body = service.RuleBody(await service.IssuerAsync(), await service.AccountAsync());
        body["oauth_scope"] = scope;

        await ShouldBeAsync(FederatedService.Rules, body, allowed);
    }

    [Theory]
    [InlineData("""{"match":{"subject_prefix":"repo:acme/"}}""", false)]
    [InlineData("""{"token_lifetime_seconds":7200}""", false)]
    [InlineData("""{"oauth_scope":"workspace:manage_tunnels bundle:read"}""", false)]
    [InlineData("""{"description":"mine now","match":{"subject_prefix":"somebody-else"}}""", false)]
    [InlineData("""{"bind":"none"}""", false)]
    [InlineData("""{"description":"said why"}""", true)]
    [InlineData("""{"state":"disabled"}""", true)]
    [InlineData("""{"state":"draft"}""", true)]
    [InlineData("""{"token_lifetime_seconds":60}""", true)]
    [InlineData("""{"bind":"dpop"}""", true)]
    [InlineData(
        """{"match":{"subject_prefix":"repo:acme/app:ref:refs/heads/main","claims":{"environment":"prod"}}}""",
        true
    )]
    public async Task UpdateRule_ThatGrantsMore_ByWorkload_MayOnlyTakeAway(string change, bool allowed)
    {
        var rule = await service.RuleAsync();

        await ShouldBeAsync($"{FederatedService.Rules}/{rule}", JsonNode.Parse(change)!.AsObject(), allowed);
    }

    [Fact]
    public async Task UpdateRule_DisabledByWorkload_IsNotForItToEnable()
    {
        var rule = await service.RuleAsync();
        await ShouldBeAsync($"{FederatedService.Rules}/{rule}", new JsonObject { ["state"] = "disabled" }, true);

        await ShouldBeAsync($"{FederatedService.Rules}/{rule}", new JsonObject { ["state"] = "enforce" }, false);
    }

    [Fact]
    public async Task ArchiveRule_ByWorkload_IsAllowed()
    {
        var rule = await service.RuleAsync();

        using var response = await service.PostAsync($"{FederatedService.Rules}/{rule}/archive", null, workload);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("workspace:developer", true)]
    [InlineData("workspace:manage_tunnels", false)]
    public async Task UpdateIssuer_ByWorkload_OnlyBehindWhatItMayGrant(string scope, bool allowed)
    {
        var issuer = await service.IssuerAsync();
        var body = service.RuleBody(issuer, await service.AccountAsync());
        body["oauth_scope"] = scope;
        await service.CreateAsync(FederatedService.Rules, body);

        await ShouldBeAsync(
            $"{FederatedService.Issuers}/{issuer}",
            new JsonObject { ["max_jwt_lifetime_seconds"] = 600 },
            allowed
        );
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task UpdateIssuer_RuleComesBetweenCheckAndCommit_IsRefused()
    {
        var issuer = await service.IssuerAsync();
        var rule = service.RuleBody(issuer, await service.AccountAsync());
        rule["oauth_scope"] = "workspace:manage_tunnels";
        service
            .Service.Get<InterruptingJournal>()
            .Before(
                decision => decision.Event?.Name == AuditEvents.FederationIssuerUpdated,
                async () => await service.CreateAsync(FederatedService.Rules, rule)
            );
        var change = new JsonObject { ["max_jwt_lifetime_seconds"] = 600 };

        using var response = await service.PostAsync($"{FederatedService.Issuers}/{issuer}", change, workload);

        response.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await response.ErrorCodeAsync()).ShouldBe("federation.changed");
        await ShouldBeAsync($"{FederatedService.Issuers}/{issuer}", change, allowed: false);
    }

    [Theory]
    [InlineData("developer", true)]
    [InlineData("admin", false)]
    public async Task CreateAccount_ByWorkload_IsADeveloper(string role, bool allowed) =>
        await ShouldBeAsync(
            FederatedService.Accounts,
            new JsonObject { ["name"] = service.NewName("account"), ["organization_role"] = role },
            allowed
        );

    [Theory]
    [InlineData("workspace:developer", "workspace_admin", true)]
    [InlineData("tunnel:agent", "workspace_restricted_developer", false)]
    [InlineData("tunnel:agent", "workspace_user", true)]
    public async Task RaiseRole_ByWorkload_OnlyWhereRulesGrantWhatItHolds(string scope, string role, bool allowed)
    {
        var account = await service.AccountAsync(workspaceRole: null);
        var body = service.RuleBody(await service.IssuerAsync(), account);
        body["oauth_scope"] = scope;
        if (scope == "tunnel:agent")
        {
            var tunnel = await service.CreateAsync("/v1/tunnels", []);
            body["tunnel_ids"] = new JsonArray(tunnel.Text("id"));
        }

        await service.CreateAsync(FederatedService.Rules, body);

        await ShouldBeAsync(
            $"{FederatedService.Accounts}/{account}/workspaces",
            new JsonObject { ["workspace_id"] = service.WorkspaceId, ["workspace_role"] = role },
            allowed
        );
    }

    [Fact]
    public async Task CreateRule_AdministratorsRule_NeedsAnAdminAccount()
    {
        var body = service.RuleBody(await service.IssuerAsync(), await service.AccountAsync());
        body["oauth_scope"] = "org:admin";

        await service
            .PostAsync(FederatedService.Rules, body)
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "federation.scope");
    }

    [Fact]
    public async Task AdminKeys_ByWorkload_AreNeitherMadeNorRevoked()
    {
        await service
            .PostAsync("/v1/admin_keys", new JsonObject { ["name"] = "Eve", ["role"] = "operator" }, workload)
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "admin_key.federated");

        var key = (await service.GetAsync("/v1/admin_keys")).GetProperty("data")[0].Id();
        await service
            .PostAsync($"/v1/admin_keys/{key}/revoke", [], workload)
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "admin_key.federated");
    }

    private async Task ShouldBeAsync(string path, JsonObject body, bool allowed)
    {
        using var response = await service.PostAsync(path, body, workload);
        if (allowed)
        {
            response.StatusCode.ShouldBe(HttpStatusCode.OK, (await response.JsonAsync()).ToString());
        }
        else
        {
            response.StatusCode.ShouldBe(HttpStatusCode.Forbidden, (await response.JsonAsync()).ToString());
            (await response.ErrorCodeAsync()).ShouldBe(Refused);
        }
    }
}
