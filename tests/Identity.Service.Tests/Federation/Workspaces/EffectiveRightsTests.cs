using System.Net;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation.Workspaces;

/// <summary>Effective right = scope and role, at the exchange and at every use.</summary>
public sealed class EffectiveRightsTests(FederatedServiceFixture fixture) : IClassFixture<FederatedServiceFixture>
{
    private FederatedService Service => fixture.Service;

    [Theory]
    [InlineData("developer", "workspace_admin", "workspace:manage_tunnels workspace:inference")]
    [InlineData("developer", "workspace_developer", "workspace:manage_tunnels workspace:inference")]
    [InlineData("developer", "workspace_restricted_developer", "workspace:inference")]
    [InlineData("developer", "workspace_user", "workspace:inference")]
    [InlineData("developer", null, "workspace:inference")]
    [InlineData("admin", null, "workspace:manage_tunnels workspace:inference")]
    public async Task Exchange_DefaultWorkspace_GrantsScopeAndRole(string role, string? workspaceRole, string scope)
    {
        var rule = await RuleAsync(await Service.AccountAsync(role, workspaceRole), Service.WorkspaceId);

        using var response = await Service.ExchangeAsync(rule, Service.Token());

        (await response.JsonAsync()).Text("scope").ShouldBe(scope);
    }

    [Theory]
    [InlineData("developer", "workspace_developer", "workspace:manage_tunnels workspace:inference")]
    [InlineData("developer", "workspace_user", "workspace:inference")]
    [InlineData("admin", null, "workspace:manage_tunnels workspace:inference")]
    public async Task Exchange_OtherWorkspace_GrantsScopeAndRole(string role, string? workspaceRole, string scope)
    {
        var workspace = await Service.NewWorkspaceAsync();
        var account = await Service.AccountAsync(role, workspaceRole: null);
        if (workspaceRole is not null)
        {
            await Service.JoinAsync(account, workspace, workspaceRole);
        }

        using var response = await Service.ExchangeAsync(await RuleAsync(account, workspace), Service.Token());

        (await response.JsonAsync()).Text("scope").ShouldBe(scope);
    }

    [Fact]
    public async Task Exchange_NotAMember_IsDenied()
    {
        var account = await Service.AccountAsync();
        var rule = await RuleAsync(account, await Service.NewWorkspaceAsync());

        (await Service.DenialAsync(rule, Service.Token())).ShouldBe("role_insufficient");
    }

    [Fact]
    public async Task Use_RoleTakenAway_EndsTheTokenAtOnceAndGivenBackRevivesIt()
    {
        var account = await Service.AccountAsync();
        var token = await Service.AccessTokenAsync(await RuleAsync(account, Service.WorkspaceId));
        using var client = Service.Service.Client(token);
        (await StatusAsync(client)).ShouldBe(HttpStatusCode.OK);

        await Service.JoinAsync(account, Service.WorkspaceId, "workspace_user");
        (await StatusAsync(client)).ShouldBe(HttpStatusCode.Forbidden);
        await Service.JoinAsync(account, Service.WorkspaceId, "workspace_admin");
        (await StatusAsync(client)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Use_OrganizationRoleTakenAway_EndsTheTokenAtOnce()
    {
        var account = await Service.AccountAsync("admin", workspaceRole: null);
        var token = await Service.AccessTokenAsync(await RuleAsync(account, Service.WorkspaceId));
        using var client = Service.Service.Client(token);
        (await StatusAsync(client)).ShouldBe(HttpStatusCode.OK);

        await Service.CreateAsync(
            $"{FederatedService.Accounts}/{account}",
            new JsonObject { ["organization_role"] = "developer" }
        );

        (await StatusAsync(client)).ShouldBe(HttpStatusCode.Forbidden);
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client)
    {
        using var response = await client.GetAsync("/v1/tunnels", TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    private async Task<string> RuleAsync(string account, string workspace)
    {
        var body = Service.RuleBody(await Service.IssuerAsync(), account);
        body["oauth_scope"] = "workspace:manage_tunnels workspace:inference";
        body["workspace_id"] = workspace;
        return (await Service.CreateAsync(FederatedService.Rules, body)).Text("id");
    }
}
