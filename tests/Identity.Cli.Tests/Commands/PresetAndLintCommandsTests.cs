using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Hosting;
using Shouldly;

namespace Culvert.Identity.Cli.Tests.Commands;

public sealed class PresetAndLintCommandsTests : CommandTest
{
    private const string Presets = "/v1/organizations/federation_presets";
    private const string Rules = "/v1/organizations/federation_rules";
    private const string Warned =
        """{"lint_warnings":"justify","checked":1,"data":[{"federation_rule_id":null,"name":"r","lints":[{"id":"L05","severity":"warning","message":"names change hands"}]}]}""";

    [Fact]
    public async Task PresetList_ShowsPlatforms()
    {
        Service.On(
            $"GET {Presets}",
            """{"data":[{"name":"gitlab","title":"GitLab CI","defaults":{"replay_mode":"bound_reuse"}}],"next_page":null}"""
        );

        var run = await Stage.RunAsync("preset", "list");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Out.ShouldContain("GitLab CI");
        run.Out.ShouldContain("bound_reuse");
    }

    [Fact]
    public async Task PresetShow_AsksForTheName()
    {
        Service.On($"GET {Presets}/gitlab", """{"name":"gitlab"}""");

        var run = await Stage.RunAsync("preset", "show", "gitlab");

        run.ExitCode.ShouldBe(0, run.Error);
    }

    [Fact]
    public async Task RuleLint_ListsFindings()
    {
        Service.On($"POST {Rules}/lint", Warned);

        var run = await Stage.RunAsync("rule", "lint");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Out.ShouldContain("L05");
        run.Out.ShouldContain("names change hands");
    }

    [Fact]
    public async Task RuleUpdate_WarningsWithoutReason_AreNotSentWhereReasonsAreWanted()
    {
        Service.On($"POST {Rules}/lint", Warned).On($"POST {Rules}/fdrl_01", """{"id":"fdrl_01"}""");

        var run = await Stage.RunAsync("rule", "update", "fdrl_01", "--description", "x");

        run.ExitCode.ShouldBe(ExitCode.Refused);
        run.Error.ShouldContain("L05");
        Service.Requests.ShouldNotContain(request => request.ToString() == $"POST {Rules}/fdrl_01");
    }

    [Fact]
    public async Task RuleUpdate_WithReason_SendsItAndShowsWarnings()
    {
        Service.On(
            $"POST {Rules}/fdrl_01",
            """{"id":"fdrl_01","lints":[{"id":"L05","severity":"warning","message":"names change hands"}]}"""
        );

        var run = await Stage.RunAsync(
            "rule",
            "update",
            "fdrl_01",
            "--description",
            "x",
            "--justification",
            "moving next week"
        );

        run.ExitCode.ShouldBe(0, run.Error);
        JsonNode
            .DeepEquals(Last.Json, JsonNode.Parse("""{"description":"x","lint_justification":"moving next week"}"""))
            .ShouldBeTrue(Last.Json?.ToJsonString());
        run.Error.ShouldContain("warning L05: names change hands");
    }
}
