using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation.Workspaces;

// I21
[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class MembershipEndpointsTests(FederatedServiceFixture fixture) : IClassFixture<FederatedServiceFixture>
{
    private const string Workspaces = "/v1/organizations/workspaces";

    private FederatedService Service => fixture.Service;

    [Fact]
    public async Task List_NewAccount_HasTheImplicitMembership()
    {
        var account = await Service.AccountAsync(workspaceRole: null);

        var list = await Service.GetAsync($"{FederatedService.Accounts}/{account}/workspaces");

        var only = list.GetProperty("data").EnumerateArray().ShouldHaveSingleItem();
        only.Text("type").ShouldBe("service_account_workspace_member");
        only.Text("service_account_id").ShouldBe(account);
        only.Text("workspace_id").ShouldBe(Service.WorkspaceId);
        only.Text("workspace_role").ShouldBe("workspace_user");
        only.GetProperty("implicit").GetBoolean().ShouldBeTrue();
        only.GetProperty("created_by_actor_id").ValueKind.ShouldBe(JsonValueKind.Null);
        list.GetProperty("next_page").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Add_FromEitherSide_IsTheSameMembership()
    {
        var account = await Service.AccountAsync(workspaceRole: null);
        var workspace = await Service.NewWorkspaceAsync();

        var added = await Service.JoinAsync(account, workspace, "workspace_restricted_developer");
        var replaced = await Service.CreateAsync(
            $"{Workspaces}/{workspace}/service_accounts",
            new JsonObject { ["service_account_id"] = account, ["workspace_role"] = "workspace_admin" }
        );

        added.GetProperty("implicit").GetBoolean().ShouldBeFalse();
        added.Text("created_by_actor_id").ShouldStartWith("key_");
        replaced.Text("workspace_role").ShouldBe("workspace_admin");
        (await Service.GetAsync($"{Workspaces}/{workspace}/service_accounts/{account}"))
            .ToString()
            .ShouldBe(replaced.ToString());
        var members = await Service.GetAsync($"{Workspaces}/{workspace}/service_accounts");
        members.GetProperty("data").EnumerateArray().ShouldHaveSingleItem().ToString().ShouldBe(replaced.ToString());
    }

    [Fact]
    public async Task Update_ExplicitMember_ChangesTheRole()
    {
        var account = await Service.AccountAsync();

        var updated = await Service.CreateAsync(
            $"{Workspaces}/{Service.WorkspaceId}/service_accounts/{account}",
            new JsonObject { ["workspace_role"] = "workspace_user" }
        );

        updated.Text("workspace_role").ShouldBe("workspace_user");
        updated.GetProperty("implicit").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Update_ImplicitMember_IsRefused()
    {
        var account = await Service.AccountAsync(workspaceRole: null);

        await Service
            .PostAsync(
                $"{Workspaces}/{Service.WorkspaceId}/service_accounts/{account}",
                new JsonObject { ["workspace_role"] = "workspace_admin" }
            )
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "federation.implicit_membership");
    }

    [Fact]
    public async Task Remove_ExplicitDefaultMembership_LeavesTheImplicitOne()
    {
        var account = await Service.AccountAsync();
        var path = $"{FederatedService.Accounts}/{account}/workspaces/{Service.WorkspaceId}";

        var first = await DeleteAsync(path);
        var second = await DeleteAsync(path);

        first.Text("type").ShouldBe("service_account_workspace_member_deleted");
        first.Text("service_account_id").ShouldBe(account);
        first.Text("workspace_id").ShouldBe(Service.WorkspaceId);
        second.ToString().ShouldBe(first.ToString());
        var left = await Service.GetAsync($"{Workspaces}/{Service.WorkspaceId}/service_accounts/{account}");
        left.GetProperty("implicit").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Remove_FromAnotherWorkspace_EndsTheMembership()
    {
        var account = await Service.AccountAsync();
        var workspace = await Service.NewWorkspaceAsync();
        await Service.JoinAsync(account, workspace, "workspace_user");
        var path = $"{Workspaces}/{workspace}/service_accounts/{account}";

        await DeleteAsync(path);

        using var gone = await Service.Service.Api.GetAsync(path, TestContext.Current.CancellationToken);
        gone.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("workspace_role", "workspace_billing", "request.invalid")]
    [InlineData("workspace_id", "wrkspc_0100000000000000000000aa", "federation.reference")]
    [InlineData("extra", "x", "request.invalid")]
    public async Task Add_BadMember_IsRefused(string member, string value, string code)
    {
        var body = new JsonObject
        {
            ["workspace_id"] = Service.WorkspaceId,
            ["workspace_role"] = "workspace_user",
            [member] = value,
        };

        await Service
            .PostAsync($"{FederatedService.Accounts}/{await Service.AccountAsync()}/workspaces", body)
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, code);
    }

    [Fact]
    public async Task Add_UnknownAccount_IsNotFound() =>
        await Service
            .PostAsync(
                $"{FederatedService.Accounts}/svac_0100000000000000000000aa/workspaces",
                new JsonObject { ["workspace_id"] = Service.WorkspaceId, ["workspace_role"] = "workspace_user" }
            )
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");

    [Fact]
    public async Task Add_ArchivedAccount_IsRefusedAndItsListIsEmpty()
    {
        var account = await Service.AccountAsync();
        await Service.CreateAsync($"{FederatedService.Accounts}/{account}/archive");

        await Service
            .PostAsync(
                $"{FederatedService.Accounts}/{account}/workspaces",
                new JsonObject { ["workspace_id"] = Service.WorkspaceId, ["workspace_role"] = "workspace_user" }
            )
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "federation.archived");
        (await Service.GetAsync($"{FederatedService.Accounts}/{account}/workspaces"))
            .GetProperty("data")
            .GetArrayLength()
            .ShouldBe(0);
    }

    [Fact]
    public async Task List_ManyMembers_IsPagedNewestFirst()
    {
        var workspace = await Service.NewWorkspaceAsync();
        var accounts = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            accounts.Add(await Service.AccountAsync(workspaceRole: null));
            await Service.JoinAsync(accounts[^1], workspace, "workspace_user");
        }

        var first = await Service.GetAsync($"{Workspaces}/{workspace}/service_accounts?limit=2");
        var second = await Service.GetAsync(
            $"{Workspaces}/{workspace}/service_accounts?limit=2&page={first.Text("next_page")}"
        );

        first
            .GetProperty("data")
            .EnumerateArray()
            .Select(m => m.Text("service_account_id"))
            .ShouldBe([accounts[2], accounts[1]]);
        second.GetProperty("data").EnumerateArray().Select(m => m.Text("service_account_id")).ShouldBe([accounts[0]]);
        second.GetProperty("next_page").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Change_IsAuditedWithBothRoles()
    {
        var account = await Service.AccountAsync();
        await Service.JoinAsync(account, Service.WorkspaceId, "workspace_user");

        var audit = await Service.GetAsync("/v1/audit?limit=1");

        var entry = audit.GetProperty("data")[0].GetProperty("body");
        entry.Text("event").ShouldBe("platform_service_account_workspace_member_updated");
        var data = entry.GetProperty("event_data");
        data.Text("workspace_role").ShouldBe("workspace_user");
        data.Text("previous_workspace_role").ShouldBe("workspace_developer");
    }

    private async Task<JsonElement> DeleteAsync(string path)
    {
        using var response = await Service.Service.Api.DeleteAsync(path, TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await response.JsonAsync();
    }
}
