using Culvert.Tunnel.Agent.Commands;
using Culvert.Tunnel.Agent.Configuration;
using Shouldly;
using Xunit;

namespace Culvert.Tunnel.Agent.Tests.Commands;

public sealed class InitCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("culvert-init-").FullName;

    private string Target => Path.Combine(folder, "agent.yaml");

    [Fact]
    public async Task Init_Complete_WritesAFileThatRunReads()
    {
        var run = await InitAsync(
            "--route",
            "docs=http://127.0.0.1:3001/tools/mcp",
            "--route",
            "wiki=https://wiki.corp"
        );

        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.ShouldContain($"next: tunnel-agent doctor --config {Target}");
        ConfigFiles.Check(Target).ShouldBeEmpty();
        var text = await File.ReadAllTextAsync(Target, TestContext.Current.CancellationToken);
        text.ShouldContain("path: \"/tools/mcp\"");
        text.ShouldContain("path: \"/mcp\"");
        text.ShouldContain("127.0.0.0/8");
    }

    [Fact]
    public async Task Init_FileExists_IsLeftAloneWithoutForce()
    {
        await File.WriteAllTextAsync(Target, "mine", TestContext.Current.CancellationToken);

        var run = await InitAsync("--route", "docs=http://127.0.0.1:3001/mcp");

        run.ExitCode.ShouldBe(1);
        run.Error.ShouldContain("--force");
        (await File.ReadAllTextAsync(Target, TestContext.Current.CancellationToken)).ShouldBe("mine");
        (await InitAsync("--route", "docs=http://127.0.0.1:3001/mcp", "--force")).ExitCode.ShouldBe(0);
        ConfigFiles.Check(Target).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("docs", 64)]
    [InlineData("docs=ftp://x", 64)]
    [InlineData("=http://x", 64)]
    [InlineData("Not_A_Label=http://x/mcp", 78)]
    [InlineData("docs\": {}=http://x/mcp", 78)]
    public async Task Init_BadRoute_WritesNothing(string route, int status)
    {
        var run = await InitAsync("--route", route);

        run.ExitCode.ShouldBe(status, run.Error);
        Directory.EnumerateFiles(folder).ShouldBeEmpty();
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private Task<(int ExitCode, string Output, string Error)> InitAsync(params string[] routes) =>
        AgentCli.RunAsync(
            InitCommand.Create(),
            [
                "--config",
                Target,
                "--url",
                "https://identity.example.com:8443",
                "--organization",
                "00000000-0000-0000-0000-000000000000",
                "--rule",
                "fdrl_010000000000000000000000",
                "--tunnel",
                "tnl_010000000000000000000000",
                "--issuer",
                "https://login.example.com",
                .. routes,
            ]
        );
}
