using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Tests.Commands;
using Shouldly;

namespace Culvert.Identity.Cli.Tests;

public sealed class ProfileTests : CommandTest
{
    private const string Answer = """{"data":[{"id":"tnl_01"}],"next_page":null}""";

    [Fact]
    public async Task Profile_SaysWhatNothingElseSays()
    {
        Write(
            $"""
            config_version: 1
            profile: usual
            profiles:
              usual:
                url: {Service.Url}
                ca_file: ../../ca.pem
                admin_key_file: {Stage.KeyFile}
                output: name
            """
        );
        Stage.Variables.Remove(SettingVariables.Url);
        Stage.Variables.Remove(SettingVariables.CaFile);
        Stage.Variables.Remove(SettingVariables.AdminKeyFile);
        Service.On("GET /v1/tunnels", Answer);

        var run = await Stage.RunAsync("tunnel", "list");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Out.ShouldBe("tnl_01\n");
    }

    [Fact]
    public async Task Order_IsFlagThenVariableThenProfile()
    {
        Write(
            """
            config_version: 1
            profiles:
              other: {url: "https://127.0.0.1:1", output: name}
            """
        );
        Service.On("GET /v1/tunnels", Answer);

        // The variable beats the profile's address, the flag its format.
        var run = await Stage.RunAsync("--profile", "other", "tunnel", "list", "-o", "json");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Out.ShouldBe(Service.GetBody("GET /v1/tunnels") + "\n");
        var flag = await Stage.RunAsync("--url", "https://127.0.0.1:2/", "--profile", "other", "tunnel", "list");
        flag.ExitCode.ShouldBe(ExitCode.Unreachable);
        flag.Error.ShouldContain("127.0.0.1:2");
    }

    [Theory]
    [InlineData("profiles: {a: {ulr: \"https://x\"}}", null, "ulr")]
    [InlineData("profiles: {a: {url: \"http://x\"}}", null, "url")]
    [InlineData("profiles: {a: {timeout: 2h}}", null, "timeout")]
    [InlineData("profiles: {a: {ca_file: a, ca_sha256: b}}", null, "ca_sha256")]
    [InlineData("profile: b\nprofiles: {a: {}}", null, "No profile has this name")]
    [InlineData("profiles: {a: {}}", "b", "there is no profile 'b'")]
    [InlineData(null, "b", "there is no profile 'b'")]
    public async Task Fault_IsConfiguration_AndSaysWhere(string? yaml, string? name, string what)
    {
        if (yaml is not null)
        {
            Write("config_version: 1\n" + yaml);
        }

        Stage.Variables["XDG_CONFIG_HOME"] = Path.Combine(Stage.Folder, "config");
        if (name is not null)
        {
            Stage.Variables[SettingVariables.Profile] = name;
        }

        var run = await Stage.RunAsync("tunnel", "list");

        run.ExitCode.ShouldBe(ExitCode.Configuration, run.Out);
        run.Error.ShouldContain(what);
        run.Error.ShouldContain("cli.yaml");
        Service.Requests.ShouldBeEmpty();
    }

    private void Write(string yaml)
    {
        Stage.Variables["XDG_CONFIG_HOME"] = Path.Combine(Stage.Folder, "config");
        var folder = Directory.CreateDirectory(Path.Combine(Stage.Folder, "config", "culvert"));
        File.WriteAllText(Path.Combine(folder.FullName, "cli.yaml"), yaml);
    }
}
