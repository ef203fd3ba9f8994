using Culvert.Tunnel.Agent.Commands;
using Shouldly;
using Xunit;

namespace Culvert.Tunnel.Agent.Tests.Commands;

/// <summary>Sets variables of this process, so its tests run alone.</summary>
[Collection("process environment")]
public sealed class ProfilesCommandTests : IDisposable
{
    private const string Valid = """
        config_version: 1
        identity: {url: "https://identity.example.com:8443", organization_id: 11111111-1111-1111-1111-111111111111, rule_id: fdrl_010000000000000000000000}
        tunnel: {id: tnl_010000000000000000000000}
        routes: {docs: {upstream: {url: "http://docs.corp"}, oauth: {mode: dangerous_none}}}

        """;

    private const string Canary = "PROFILES_CANARY";

    private readonly string folder = Directory.CreateTempSubdirectory("culvert-profiles-").FullName;

    public ProfilesCommandTests()
    {
        Environment.SetEnvironmentVariable("XDG_CONFIG_HOME", folder);
        Environment.SetEnvironmentVariable("VISUAL", null);
    }

    private string Profile => Path.Combine(folder, "culvert", "agent", "work.yaml");

    [Fact]
    public async Task Add_ValidFile_IsListedAndShown()
    {
        (await AddAsync(Valid)).ExitCode.ShouldBe(0);

        (await RunAsync("list")).Output.ShouldContain("work  valid");
        (await RunAsync("show", "work")).Output.ShouldContain("tnl_01");
        (await AddAsync(Valid)).ExitCode.ShouldBe(1);
        File.SetUnixFileMode(Profile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (await AddAsync(Valid, "--force")).ExitCode.ShouldBe(0);
        File.GetUnixFileMode(Profile).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task Add_BadFile_SavesNothing()
    {
        var run = await AddAsync(Valid + "\nno_such_key: 1");

        run.ExitCode.ShouldBe(78);
        run.Error.ShouldContain("no_such_key");
        File.Exists(Profile).ShouldBeFalse();
    }

    [Fact]
    public async Task Edit_IntoSomethingBad_LeavesTheProfileAndKeepsTheText()
    {
        await AddAsync(Valid);
        Editor("echo 'no_such_key: 1' >> \"$1\"");

        var run = await RunAsync("edit", "work");

        run.ExitCode.ShouldBe(78);
        (await File.ReadAllTextAsync(Profile, TestContext.Current.CancellationToken)).ShouldBe(Valid);
        var draft = Path.ChangeExtension(Profile, ".draft");
        (await File.ReadAllTextAsync(draft, TestContext.Current.CancellationToken)).ShouldContain("no_such_key");

        Editor("sed -i /no_such_key/d \"$1\"");
        (await RunAsync("edit", "work")).ExitCode.ShouldBe(0);
        File.Exists(draft).ShouldBeFalse();
    }

    [Fact] // S39
    public async Task Edit_Editor_GetsTheListedVariablesOnly()
    {
        await AddAsync(Valid);
        var seen = Path.Combine(folder, "seen");
        Editor($"env > '{seen}'");
        Environment.SetEnvironmentVariable(Canary, "canary-secret-value");

        (await RunAsync("edit", "work")).ExitCode.ShouldBe(0);

        var variables = await File.ReadAllTextAsync(seen, TestContext.Current.CancellationToken);
        variables.ShouldContain("XDG_CONFIG_HOME=");
        variables.ShouldNotContain("canary-secret-value");
    }

    [Fact]
    public async Task Edit_NoSuchEditor_SaysSo()
    {
        await AddAsync(Valid);
        Environment.SetEnvironmentVariable("EDITOR", "/nonexistent/editor --wait");

        var run = await RunAsync("edit", "work");

        run.ExitCode.ShouldBe(1);
        run.Error.ShouldContain("/nonexistent/editor cannot be started");
    }

    [Theory]
    [InlineData("../work")]
    [InlineData("")]
    [InlineData("Work")]
    public async Task Show_BadName_IsUsage(string name) => (await RunAsync("show", name)).ExitCode.ShouldBe(64);

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("XDG_CONFIG_HOME", null);
        Environment.SetEnvironmentVariable("EDITOR", null);
        Environment.SetEnvironmentVariable(Canary, null);
        Directory.Delete(folder, recursive: true);
    }

    private async Task<(int ExitCode, string Output, string Error)> AddAsync(string text, params string[] flags)
    {
        var file = Path.Combine(folder, "source.yaml");
        await File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);
        return await RunAsync(["add", "work", "--from-file", file, .. flags]);
    }

    private static Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) =>
        AgentCli.RunAsync(ProfilesCommand.Create(), arguments);

    private void Editor(string script)
    {
        var file = Path.Combine(folder, "editor");
        File.WriteAllText(file, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Environment.SetEnvironmentVariable("EDITOR", file);
    }
}
