using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Hosting;
using Shouldly;

namespace Culvert.Identity.Cli.Tests.Commands;

public sealed class RuleCommandsTests : CommandTest
{
    private const string Rules = "/v1/organizations/federation_rules";

    [Fact]
    public async Task Create_EveryKindOfCondition_IsSent()
    {
        Service.On($"POST {Rules}", """{"id":"fdrl_01"}""");
        Stage.Variables[SettingVariables.Workspace] = "wrkspc_07";

        var run = await Stage.RunAsync([
            .. "rule create ci --issuer fdis_01 --service-account svac_01 --scope bundle:read".Split(' '),
            "--subject-segments",
            "repo:acme@*/api@*:environment:prod",
            "--match",
            "repository_id in [\"74\", \"75\"]",
            "--match",
            "/kubernetes.io/namespace eq \"prod\"",
            "--match",
            "https://sts.amazonaws.com/ prefix arn:aws",
            "--match",
            "run eq 17",
            "--match",
            "groups contains \"ops\"",
            "--condition",
            "claims.run > 16",
            "--state",
            "audit",
            "--bind",
            "dpop",
            "--expires",
            "2027-01-01T00:00:00Z",
        ]);

        run.ExitCode.ShouldBe(0, run.Error);
        ShouldBeJson(
            Last.Json,
            """
            {"name":"ci","issuer_id":"fdis_01",
             "match":{"subject_segments":"repo:acme@*/api@*:environment:prod","condition":"claims.run > 16",
              "matchers":[{"claim":"repository_id","in":["74","75"]},{"claim":"/kubernetes.io/namespace","eq":"prod"},
                {"claim":"https://sts.amazonaws.com/","prefix":"arn:aws"},{"claim":"run","eq":17},
                {"claim":"groups","contains":"ops"}]},
             "target":{"type":"service_account","service_account_id":"svac_01"},"oauth_scope":"bundle:read",
             "state":"audit","bind":"dpop","expires_at":"2027-01-01T00:00:00Z","workspace_id":"wrkspc_07"}
            """
        );
    }

    [Theory]
    [InlineData("repository_id")]
    [InlineData("repository_id is 74")]
    [InlineData("repository_id eq acme")]
    [InlineData("repository_id in 74,")]
    [InlineData(" eq 74")]
    public async Task Create_BadMatcher_IsUsageAndSendsNothing(string matcher)
    {
        Stage.Variables[SettingVariables.Workspace] = "wrkspc_07";

        var run = await Stage.RunAsync([
            .. "rule create ci --issuer fdis_01 --service-account svac_01 --scope bundle:read --match".Split(' '),
            matcher,
        ]);

        run.ExitCode.ShouldBe(ExitCode.Usage);
        Service.Requests.ShouldNotContain(request => request.Method == "POST");
    }

    // What is not named stays; '' and none take away.
    [Fact]
    public async Task Update_Conditions_AreLaidOverThePresentOnes()
    {
        Service
            .On(
                $"GET {Rules}/fdrl_01",
                """
                {"id":"fdrl_01","match":{"subject_prefix":"a","audience":"x","condition":"claims.a == 'b'",
                 "matchers":[{"claim":"a","eq":"b"}]}}
                """
            )
            .On($"POST {Rules}/fdrl_01", """{"id":"fdrl_01"}""");

        var run = await Stage.RunAsync([
            .. "rule update fdrl_01 --subject-segments repo:acme/* --match none --expires none".Split(' '),
            "--subject",
            "",
            "--expect-version",
            "3",
        ]);

        run.ExitCode.ShouldBe(0, run.Error);
        ShouldBeJson(
            Last.Json,
            """
            {"match":{"audience":"x","condition":"claims.a == 'b'","matchers":[],"subject_segments":"repo:acme/*"},
             "expires_at":null,"version":3}
            """
        );
    }

    [Fact]
    public async Task Update_ExpectedVersionAlone_ChangesNothing() =>
        (await Stage.RunAsync("rule", "update", "fdrl_01", "--expect-version", "3")).ExitCode.ShouldBe(ExitCode.Usage);

    [Fact]
    public async Task Update_VersionAwaitsApproval_SaysWhoseTurnItIs()
    {
        Service.On(
            $"POST {Rules}/fdrl_01",
            """{"id":"fdrl_01","name":"docs","version":2,"enforced_version":1,"awaits_approval":true}"""
        );

        var run = await Stage.RunAsync("rule", "update", "fdrl_01", "--route-scope", "files.write");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Error.ShouldContain("version 2 waits for a second person: culvert rule approve docs");
    }

    [Theory]
    [InlineData("approve")]
    [InlineData("reject")]
    public async Task Decide_WithoutAVersion_NamesTheNewest(string verb)
    {
        Service
            .On($"GET {Rules}/fdrl_01", """{"id":"fdrl_01","version":4,"awaits_approval":true}""")
            .On($"POST {Rules}/fdrl_01/{verb}", """{"id":"fdrl_01","version":5}""");

        var run = await Stage.RunAsync("rule", verb, "fdrl_01", "--reason", "read");

        run.ExitCode.ShouldBe(0, run.Error);
        ShouldBeJson(Last.Json, """{"version":4,"reason":"read"}""");
    }

    [Theory]
    [InlineData("approve")]
    [InlineData("reject")]
    public async Task Decide_Version_IsSentAsGiven(string verb)
    {
        Service.On($"POST {Rules}/fdrl_01/{verb}", """{"id":"fdrl_01","version":5}""");

        var run = await Stage.RunAsync("rule", verb, "fdrl_01", "--version", "3");

        run.ExitCode.ShouldBe(0, run.Error);
        ShouldBeJson(Last.Json, """{"version":3}""");
    }

    [Fact]
    public async Task Versions_List_ShowsWhatDecided()
    {
        Service.On(
            $"GET {Rules}/fdrl_01/versions",
            """
            {"data":[{"version":2,"state":"audit","enforced_version":1,"updated_at":"2026-01-01T00:00:00Z",
              "updated_by_actor_id":"key_01","match":{"subject_prefix":"a"},"oauth_scope":"bundle:read"}],"next_page":null}
            """
        );

        var run = await Stage.RunAsync("rule", "versions", "fdrl_01");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Out.ShouldContain("audit");
        run.Out.ShouldContain("DECIDING");
    }

    [Fact]
    public async Task Versions_One_IsPrinted()
    {
        Service.On($"GET {Rules}/fdrl_01/versions/1", """{"id":"fdrl_01","version":1}""");

        (await Stage.RunAsync("rule", "versions", "fdrl_01", "--only", "1")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Workspace_AddListRemove_NameTheWorkspace()
    {
        Service
            .On($"GET {Rules}/fdrl_01/workspaces", """{"data":[{"workspace_id":"wrkspc_07"}],"next_page":null}""")
            .On($"POST {Rules}/fdrl_01/workspaces", """{"workspace_id":"wrkspc_07"}""")
            .On($"DELETE {Rules}/fdrl_01/workspaces/wrkspc_07", """{"workspace_id":"wrkspc_07"}""");
        Stage.Variables[SettingVariables.Workspace] = "wrkspc_07";

        var list = await Stage.RunAsync("rule", "workspace", "list", "fdrl_01");
        list.ExitCode.ShouldBe(0, list.Error);
        list.Out.ShouldContain("wrkspc_07");
        var add = await Stage.RunAsync("rule", "workspace", "add", "fdrl_01");
        add.ExitCode.ShouldBe(0, add.Error);
        ShouldBeJson(Last.Json, """{"workspace_id":"wrkspc_07"}""");
        var remove = await Stage.RunAsync("rule", "workspace", "remove", "fdrl_01");
        remove.ExitCode.ShouldBe(0, remove.Error);
    }

    private static void ShouldBeJson(JsonNode? actual, string expected) =>
        JsonNode.DeepEquals(actual, JsonNode.Parse(expected)).ShouldBeTrue(actual?.ToJsonString());
}
