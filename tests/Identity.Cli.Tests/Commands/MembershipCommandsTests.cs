using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Hosting;
using Shouldly;

namespace Culvert.Identity.Cli.Tests.Commands;

public sealed class MembershipCommandsTests : CommandTest
{
    private const string Accounts = "/v1/organizations/service_accounts";
    private const string Workspaces = "/v1/organizations/workspaces";

    [Fact]
    public async Task Create_WithWorkspaceRole_JoinsTheDefaultWorkspace()
    {
        ScriptWorkspaces();
        Service.On($"POST {Accounts}", """{"id":"svac_01"}""").On($"POST {Accounts}/svac_01/workspaces", "{}");

        var run = await Stage.RunAsync("service-account", "create", "ops", "--workspace-role", "developer");

        run.ExitCode.ShouldBe(0, run.Error);
        ShouldBeJson(Last.Json, """{"workspace_id":"wrkspc_01","workspace_role":"workspace_developer"}""");
    }

    [Fact]
    public async Task Add_NamedWorkspace_SendsTheRole()
    {
        ScriptWorkspaces();
        Service
            .On($"GET {Accounts}?limit=100", """{"data":[{"id":"svac_01","name":"ops"}],"next_page":null}""")
            .On($"POST {Accounts}/svac_01/workspaces", """{"workspace_role":"workspace_admin"}""");

        var run = await Stage.RunAsync(
            "--workspace",
            "Payments",
            "service-account",
            "workspace",
            "add",
            "ops",
            "--role",
            "admin"
        );

        run.ExitCode.ShouldBe(0, run.Error);
        ShouldBeJson(Last.Json, """{"workspace_id":"wrkspc_02","workspace_role":"workspace_admin"}""");
    }

    [Fact]
    public async Task List_ShowsRoles()
    {
        Service.On(
            $"GET {Accounts}/svac_01/workspaces",
            """{"data":[{"workspace_id":"wrkspc_01","workspace_role":"workspace_user","implicit":true}],"next_page":null}"""
        );

        var run = await Stage.RunAsync("service-account", "workspace", "list", "svac_01");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Out.ShouldContain("workspace_user");
    }

    [Fact]
    public async Task Remove_DeletesTheMembership()
    {
        ScriptWorkspaces();
        Service.On($"DELETE {Accounts}/svac_01/workspaces/wrkspc_01", """{"workspace_id":"wrkspc_01"}""");

        var run = await Stage.RunAsync("service-account", "workspace", "remove", "svac_01");

        run.ExitCode.ShouldBe(0, run.Error);
        Last.ToString().ShouldBe($"DELETE {Accounts}/svac_01/workspaces/wrkspc_01");
    }

    [Fact]
    public async Task Add_UnknownRole_IsUsageAndSendsNothing()
    {
        var run = await Stage.RunAsync("service-account", "workspace", "add", "svac_01", "--role", "owner");

        run.ExitCode.ShouldBe(ExitCode.Usage);
        Service.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task WorkspaceCreate_SendsTheName()
    {
        Service.On($"POST {Workspaces}", """{"id":"wrkspc_02"}""");

        var run = await Stage.RunAsync("workspace", "create", "Payments");

        run.ExitCode.ShouldBe(0, run.Error);
        ShouldBeJson(Last.Json, """{"name":"Payments"}""");
    }

    private void ScriptWorkspaces() =>
        Service.On(
            $"GET {Workspaces}?limit=100",
            """
            {"data":[{"id":"wrkspc_02","name":"Payments","is_default":false},
                     {"id":"wrkspc_01","name":"Default","is_default":true}],"next_page":null}
            """
        );

    private static void ShouldBeJson(JsonNode? actual, string expected) =>
        JsonNode.DeepEquals(actual, JsonNode.Parse(expected)).ShouldBeTrue(actual?.ToJsonString());
}
