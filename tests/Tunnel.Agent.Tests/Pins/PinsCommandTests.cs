using System.Text.RegularExpressions;
using Culvert.Tunnel.Agent.Commands;
using Culvert.Tunnel.Agent.Pins;
using Culvert.Tunnel.Agent.Tests.Commands;
using static Culvert.Tunnel.Agent.Tests.Pins.Definitions;

namespace Culvert.Tunnel.Agent.Tests.Pins;

/// <summary>An operator's commands next to a running agent.</summary>
public sealed partial class PinsCommandTests : IDisposable
{
    private static readonly string Get = Tool("get_record");

    private readonly string folder = Directory.CreateTempSubdirectory("culvert-pins-command-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Diff_SchemaThatCannotBeChecked_IsNamed()
    {
        await using var scene = await PinScene.StartAsync(Get);
        scene.Server.Tools = [Get, Tool("search", schema: """{"properties":{"q":{"pattern":"(?=a)"}}}""")];
        await scene.VerifyAsync();

        var diff = await RunAsync(scene, "diff");

        diff.Output.ShouldContain("Its calls will be denied unless pins.arguments is ignore");
        diff.Output.ShouldContain("/properties/q: the pattern");
    }

    [Fact]
    public async Task Approve_WhatDiffShowed_IsServedWithoutARestart()
    {
        await using var scene = await PinScene.StartAsync(Get);
        (await RunAsync(scene, "diff")).ExitCode.ShouldBe(0);
        scene.Server.Tools =
        [
            Tool("get_record", "Better. \u202Esee https://a.example"),
            Tool("send_mail_to_all", "Sends."),
        ];
        await scene.VerifyAsync();

        var diff = await RunAsync(scene, "diff", "docs", "get_record");

        diff.ExitCode.ShouldBe(2, diff.Error);
        diff.Output.ShouldContain("- description: \"Reads one record by its id.\"");
        diff.Output.ShouldContain("+ description: \"Better. \\u202esee https://a.example\"");
        diff.Output.ShouldContain("a URL");
        diff.Output.ShouldNotContain("send_mail_to_all");
        var approved = await RunAsync(scene, "approve", "docs", "get_record", "--digest", DigestIn(diff.Output));
        approved.ExitCode.ShouldBe(0, approved.Error);
        scene.Watch.Reload();
        (await scene.CallAsync("get_record")).ShouldBeTrue();
        (await scene.CallAsync("send_mail_to_all")).ShouldBeFalse();
        scene.Files.LoadPinned()!.Pins.ShouldHaveSingleItem().By.ShouldContain(Environment.UserName);
    }

    [Fact]
    public async Task Approve_AfterTheServerChangedAgain_Refuses()
    {
        await using var scene = await PinScene.StartAsync(Get);
        scene.Server.Tools = [Tool("get_record", "Better.")];
        await scene.VerifyAsync();
        var digest = DigestIn((await RunAsync(scene, "diff", "docs")).Output);
        scene.Server.Tools = [Tool("get_record", "Evil.")];
        await scene.VerifyAsync();

        var late = await RunAsync(scene, "approve", "docs", "--digest", digest);
        var blind = await RunAsync(scene, "approve", "docs");

        (late.ExitCode, blind.ExitCode).ShouldBe((2, 2));
        late.Error.ShouldContain("pins diff docs again");
        scene.Files.LoadPinned()!.Pins.ShouldHaveSingleItem().Digest.ShouldBe(Read(Get).Digest);
    }

    [Fact]
    public async Task Approve_Removal_DropsThePin()
    {
        await using var scene = await PinScene.StartAsync(Get, Tool("list_records", "Lists."));
        scene.Server.Tools = [Get];
        await scene.VerifyAsync();
        var digest = DigestIn((await RunAsync(scene, "diff", "docs")).Output);

        (await RunAsync(scene, "approve", "docs", "--digest", digest)).ExitCode.ShouldBe(0);

        scene.Files.LoadPinned()!.Pins.ShouldHaveSingleItem().Name.ShouldBe("get_record");
    }

    [Fact]
    public async Task List_ShowsWhatIsApprovedAndWhatIsNot()
    {
        await using var scene = await PinScene.StartAsync(Get);
        scene.Server.Tools = [Tool("get_record", "Other."), Tool("send_\u001Bmail", "Sends.")];
        await scene.VerifyAsync();

        var list = await RunAsync(scene, "list");

        list.ExitCode.ShouldBe(0, list.Error);
        list.Output.ShouldContain($"tool get_record  {Read(Get).Digest[..12]}  description  alice");
        list.Output.ShouldContain("send_\\u001bmail");
        list.Output.ShouldContain("not approved");
    }

    [Fact]
    public async Task AnyCommand_DamagedPins_NamesTheFile()
    {
        await using var scene = await PinScene.StartAsync(Get);
        await File.WriteAllTextAsync(scene.Files.Pinned, "x", TestContext.Current.CancellationToken);

        (await RunAsync(scene, "diff")).Error.ShouldContain("docs.pinned.json");
    }

    [Fact]
    public async Task AnyCommand_RouteWithoutPins_NamesTheNearest()
    {
        await using var scene = await PinScene.StartAsync(Get);

        (await RunAsync(scene, "diff", "dosc")).Error.ShouldContain("did you mean docs?");
    }

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(PinScene scene, params string[] arguments)
    {
        var file = Path.Combine(folder, "agent.yaml");
        await File.WriteAllTextAsync(
            file,
            $$"""
            config_version: 1
            state_dir: "{{scene.StatePath}}"
            identity: {url: "https://identity.example.com:8443", organization_id: 11111111-1111-1111-1111-111111111111, rule_id: fdrl_010000000000000000000000}
            tunnel: {id: tnl_010000000000000000000000}
            routes:
              docs:
                upstream:
                  url: "http://127.0.0.1:{{scene.Server.Port}}"
                  allowed_ranges: [127.0.0.0/8]
                oauth: {mode: dangerous_none}
                policy: {mode: enforce, default: allow}
                pins: {mode: enforce}
            """,
            TestContext.Current.CancellationToken
        );
        return await AgentCli.RunAsync(
            PinsCommand.Create(_ => new PinSigner(scene.Agent(), "agent-1")),
            [.. arguments, "--config", file]
        );
    }

    private static string DigestIn(string output) => Digest().Match(output).Groups["digest"].Value;

    [GeneratedRegex("--digest (?<digest>[0-9a-f]{64})")]
    private static partial Regex Digest();
}
