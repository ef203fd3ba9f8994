using Culvert.Platform.Secrets;
using Culvert.Tunnel.Agent.Commands;
using Culvert.Tunnel.Agent.Configuration;

namespace Culvert.Tunnel.Agent.Tests.Commands;

public sealed class ImportCommandTests : IDisposable
{
    private const string Client = """
        control_plane: {tunnel_id: tunnel_1, api_key: sk-secret-0123456789}
        mcp:
          server_urls: [{url: "http://127.0.0.1:3001/mcp"}]
        process: {pid_file: /run/x.pid}
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("culvert-import-").FullName;

    private string Source => Path.Combine(folder, "old.yaml");

    private string Target => Path.Combine(folder, "agent.yaml");

    [Fact]
    public async Task Import_ToStandardOutput_PrintsTheFileAndOnTheOtherStreamWhatToDo()
    {
        var run = await ImportAsync(Client, "--secrets", folder);

        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.ShouldStartWith("# Imported by");
        run.Output.ShouldContain($"api_key: \"file:{folder}/provider-key\"");
        run.Error.ShouldContain("to do: identity.url: This is an example. Replace it, or import again with --url.");
        run.Error.ShouldContain($"to do: {Source}:1: control_plane.api_key: ");
        run.Error.ShouldContain($"no equal: {Source}:4: process.pid_file: ");
        run.Error.ShouldContain($"{folder}/provider-key does not exist");
        (run.Output + run.Error).ShouldNotContain("sk-secret-0123456789");
    }

    [Fact]
    public async Task Import_ToAFile_IsPrivateAndValidOnceItsLinesAreDone()
    {
        var run = await ImportAsync(Client, "--secrets", folder, "--out", Target);
        PrivateFile.WriteNew(Path.Combine(folder, "provider-key"), "key"u8);

        run.ExitCode.ShouldBe(0, run.Error);
        File.GetUnixFileMode(Target).ShouldBe(PrivateFile.Mode);
        ConfigFiles.Check(Target).ShouldBeEmpty();
    }

    [Fact]
    public async Task Import_TheFileExists_IsLeftAlone()
    {
        await File.WriteAllTextAsync(Target, "mine", TestContext.Current.CancellationToken);

        var run = await ImportAsync(Client, "--out", Target);

        run.ExitCode.ShouldBe(1);
        run.Error.ShouldContain("is not replaced");
        (await File.ReadAllTextAsync(Target, TestContext.Current.CancellationToken)).ShouldBe("mine");
    }

    [Fact]
    public async Task Import_AllOptions_LeaveNoExample()
    {
        var run = await ImportAsync(
            Client,
            "--url",
            "https://identity.corp:8443",
            "--organization",
            "11111111-2222-3333-4444-555555555555",
            "--rule",
            "fdrl_010000000000000000000009",
            "--tunnel",
            "tnl_010000000000000000000009",
            "--issuer",
            "https://login.corp"
        );

        run.ExitCode.ShouldBe(0, run.Error);
        run.Error.ShouldNotMatch(@"\bexample\b");
        run.Output.ShouldContain("\"tnl_010000000000000000000009\"");
    }

    [Fact]
    public async Task Import_ProxyConfig_PrintsItsRoutes()
    {
        await File.WriteAllTextAsync(
            Source,
            "listen_addr: \":8080\"\nroutes: {wiki: \"http://wiki.corp:8080\"}\n",
            TestContext.Current.CancellationToken
        );

        var run = await AgentCli.RunAsync(ImportCommand.CreateProxyConfig(), Source);

        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.ShouldContain("url: \"http://wiki.corp:8080\"");
        run.Error.ShouldContain($"no equal: {Source}:1: listen_addr: ");
    }

    [Theory]
    [InlineData("surprise: 1", "surprise: Unknown key.")]
    [InlineData("a: &a [x]\nb: [*a, *a]", "Anchors are not supported.")]
    [InlineData("a: [", "This is not valid YAML")]
    public async Task Import_BadFile_IsAConfigurationErrorWithoutOutput(string yaml, string message)
    {
        var run = await ImportAsync(yaml, "--out", Target);

        run.ExitCode.ShouldBe(78);
        run.Output.ShouldBeEmpty();
        run.Error.ShouldContain(message);
        File.Exists(Target).ShouldBeFalse();
    }

    [Fact]
    public async Task Import_TooDeepOrTooLong_IsAConfigurationError()
    {
        (await ImportAsync("a: " + new string('[', 100))).Error.ShouldContain("nested deeper");
        (await ImportAsync("a: " + new string('x', 1 << 20))).Error.ShouldContain("more than 1048576 bytes");
    }

    [Fact]
    public async Task Import_NoSuchFileOrNoEnd_IsAConfigurationError()
    {
        var missing = await AgentCli.RunAsync(ImportCommand.CreateTunnelClient(), Source);
        var endless = await AgentCli.RunAsync(ImportCommand.CreateTunnelClient(), "/dev/zero");

        missing.ExitCode.ShouldBe(78);
        missing.Error.ShouldContain("does not exist");
        endless.ExitCode.ShouldBe(78);
        endless.Error.ShouldContain("more than 1048576 bytes");
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private async Task<(int ExitCode, string Output, string Error)> ImportAsync(string yaml, params string[] options)
    {
        await File.WriteAllTextAsync(Source, yaml, TestContext.Current.CancellationToken);
        return await AgentCli.RunAsync(ImportCommand.CreateTunnelClient(), [Source, .. options]);
    }
}
