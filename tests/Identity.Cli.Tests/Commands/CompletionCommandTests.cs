using System.CommandLine;
using System.CommandLine.Completions;
using System.Diagnostics;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Tests.Reference;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Cli.Tests.Commands;

public sealed class CompletionCommandTests : CommandTest
{
    [Theory]
    [InlineData("culvert tun", "tunnel")]
    [InlineData("culvert tunnel tok", "token")]
    [InlineData("culvert tunnel list --inc", "--include-archived")]
    public async Task Suggestions_AreTheProgramsWords(string line, string word)
    {
        var run = await Stage.RunAsync($"[suggest:{line.Length}]", line);

        run.ExitCode.ShouldBe(0, run.Error);
        run.Out.Split('\n').ShouldContain(word);
        Service.Requests.ShouldBeEmpty();
    }

    [Fact]
    public void EveryValueThatIsOffered_IsTaken()
    {
        var root = CulvertCommand.Describe();
        var offered = 0;
        foreach (var (path, verb) in Leaves([], root))
        {
            foreach (var option in verb.Options.Concat(root.Options.Where(option => option.Recursive)))
            {
                foreach (var word in option.GetCompletions(CompletionContext.Empty).Select(item => item.Label))
                {
                    offered++;
                    root.Parse([.. path, option.Name, word])
                        .Errors.ShouldNotContain(error => error.Message.Contains(word), $"{option.Name} {word}");
                }
            }
        }

        offered.ShouldBeGreaterThan(100);
    }

    [Theory]
    [InlineData("culvert tunnel list -o ", "json\nname\ntable\nwide\nyaml")]
    [InlineData("culvert tunnel list --he", "--help")]
    [InlineData("culvert tunnel list /", "")]
    [InlineData("culvert tunnel hostname add docs mcp", "")]
    public async Task Suggestions_AreExactly(string line, string words) =>
        (await Stage.RunAsync($"[suggest:{line.Length}]", line)).Out.Trim().ShouldBe(words);

    [Theory]
    [InlineData("culvert tunnel show d", "docs")]
    [InlineData("culvert tunnel show ", "docs\ntnl_2\nwiki")]
    [InlineData("culvert ca list --tunnel ", "docs\ntnl_2\nwiki")]
    [InlineData("culvert tunnel list --workspace ", "research")]
    [InlineData("culvert agent show ", "agt_2\nhost-1")]
    [InlineData("culvert webhook show ", "wbhk_1")]
    [InlineData("culvert webhook deliveries w", "wbhk_1")]
    [InlineData("culvert tunnel hostname check docs mcp", "mcp.example.test")]
    [InlineData("culvert tunnel hostname remove tnl_1 mcp", "mcp.example.test")]
    [InlineData("culvert relying-party archive --tunnel docs ", "proxy\nrp_2")]
    public async Task Names_OfWhatIsThere_AreOffered(string line, string names)
    {
        Service.On(
            "GET /v1/tunnels?limit=100",
            """
            {"data":[{"id":"tnl_1","display_name":"docs"},{"id":"tnl_2","display_name":"$(touch expanded)"},
              {"id":"tnl_3","display_name":"wiki"},{"id":"tnl_4","display_name":"gone","archived_at":"2026-01-01T00:00:00Z"}]}
            """
        );
        Service.On("GET /v1/organizations/workspaces?limit=100", """{"data":[{"id":"wrkspc_1","name":"research"}]}""");
        foreach (var tunnel in (string[])["tnl_2", "tnl_3", "tnl_4"])
        {
            Service.On($"GET /v1/tunnels/{tunnel}/agents", """{"data":[]}""");
        }

        Service.On(
            "GET /v1/webhooks?limit=100",
            """
            {"data":[{"id":"wbhk_1","url":"https://hooks.example.test"},
              {"id":"wbhk_2","url":"https://old.example.test","archived_at":"2026-01-01T00:00:00Z"}]}
            """
        );
        Service.On("GET /v1/tunnels/tnl_1/hostnames", """{"data":[{"name":"mcp.example.test"}]}""");
        Service.On(
            "GET /v1/tunnels/tnl_1/relying_parties",
            """{"data":[{"id":"rp_1","name":"proxy"},{"id":"rp_2","name":"the other"}]}"""
        );
        foreach (var tunnel in (string[])["tnl_2", "tnl_3", "tnl_4"])
        {
            Service.On($"GET /v1/tunnels/{tunnel}/relying_parties", """{"data":[]}""");
        }

        Service.On(
            "GET /v1/tunnels/tnl_1/agents",
            """{"data":[{"id":"agt_1","instance_id":"host-1"},{"id":"agt_2","instance_id":"host 2"}]}"""
        );

        var run = await Stage.RunAsync($"[suggest:{line.Length}]", line);

        (run.ExitCode, run.Error).ShouldBe((0, ""));
        run.Out.Split('\n').Where(word => !word.StartsWith('-')).ShouldBe([.. names.Split('\n'), ""]);
    }

    [Fact]
    public async Task Names_BeyondAHundred_AreNotOffered()
    {
        var tunnels = Enumerable.Range(0, 150).Select(n => $$"""{"id":"tnl_{{n}}","display_name":"t{{n}}"}""");
        Service.On("GET /v1/tunnels?limit=100", $$"""{"data":[{{string.Join(',', tunnels)}}]}""");

        var run = await Stage.RunAsync("[suggest:21]", "culvert tunnel show t");

        run.Out.Split('\n').Count(word => word.StartsWith('t')).ShouldBe(NameCompletion.MaxNames);
    }

    [Theory]
    [InlineData(SettingVariables.Url, "")]
    [InlineData(SettingVariables.AdminKeyFile, "/nonexistent/key")]
    [InlineData(SettingVariables.CaFile, "/nonexistent/ca.pem")]
    public async Task Names_WithoutASignIn_AreSilentlyNone(string variable, string value)
    {
        Stage.Variables[variable] = value;

        var run = await Stage.RunAsync("[suggest:20]", "culvert tunnel show ");

        (run.ExitCode, run.Error).ShouldBe((0, ""));
        run.Out.Split('\n').ShouldAllBe(word => word.Length == 0 || word.StartsWith('-'));
        Service.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Names_ThatTakeLongerThanASecond_AreNone()
    {
        var time = new FakeTimeProvider();
        Stage.Time = time;
        const string List = "GET /v1/tunnels?limit=100";
        Service.On(List, """{"data":[{"id":"tnl_1","display_name":"docs"}]}""");
        Service.OnNext(List, [], then: () => time.Advance(NameCompletion.Patience)); // before that answer

        var run = await Stage.RunAsync("[suggest:20]", "culvert tunnel show ");

        (run.ExitCode, run.Error).ShouldBe((0, ""));
        run.Out.Split('\n').ShouldAllBe(word => word.Length == 0 || word.StartsWith('-'));
        Service.Requests.ShouldHaveSingleItem();
    }

    // The real shell with the real program.
    [Fact]
    public async Task Bash_CompletesWithTheScript()
    {
        var script = Stage.Write("completion", (await Stage.RunAsync("completion", "bash")).Out);
        var program = Path.Combine(AppContext.BaseDirectory, "culvert");
        var start = new ProcessStartInfo("bash") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(
            $"culvert() {{ '{program}' \"$@\"; }}; source '{script}'; COMP_LINE='culvert tunnel tok'; COMP_POINT=18; "
                + "COMP_WORDS=(culvert tunnel tok); COMP_CWORD=2; _culvert; echo \"${COMPREPLY[@]}\""
        );
        using var bash = Process.Start(start)!;

        var output = await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await bash.WaitForExitAsync(TestContext.Current.CancellationToken);

        output.Trim().ShouldBe("token", await bash.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("zsh", "compdef")]
    [InlineData("fish", "complete -c culvert")]
    public async Task OtherShells_HaveTheirs(string shell, string word) =>
        (await Stage.RunAsync("completion", shell)).Out.ShouldContain(word);

    private static IEnumerable<(string[] Path, Command Verb)> Leaves(string[] path, Command command) =>
        command.Subcommands.Count == 0
            ? [(path, command)]
            : command.Subcommands.SelectMany(sub => Leaves([.. path, sub.Name], sub));
}
