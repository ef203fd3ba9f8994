using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Tests.Commands;
using Shouldly;

namespace Culvert.Identity.Cli.Tests;

public sealed class UsageTests : CommandTest
{
    [Theory]
    [InlineData("", "use one of tunnel, range-set, ca")]
    [InlineData("tunnl", "'tunnl' is not a known command; did you mean tunnel?")]
    [InlineData("xyzzy", "'xyzzy' is not a known command; use one of tunnel, range-set")]
    [InlineData("tunnel", "use one of create, list")]
    [InlineData("tunnel token", "use one of reveal, rotate")]
    [InlineData("tunnel create", "Required argument missing")]
    [InlineData("tunnel create a b", "'b'")]
    [InlineData("tunnel list --wat", "'--wat'")]
    [InlineData("tunnel list -o xml", "use table, wide, json, yaml or name")]
    [InlineData("tunnel list --timeout 1y", "'1y' is not a duration")]
    [InlineData("tunnel list --timeout 0ms", "from 1ms to 1h")]
    [InlineData("tunnel list --timeout 2h", "from 1ms to 1h")]
    [InlineData("tunnel list --limit 0", "from 1 to 1000")]
    [InlineData("tunnel list --limit 1001", "from 1 to 1000")]
    [InlineData("edge create x", "'--address' is required")]
    [InlineData("rule create x --issuer i --scope a", "'--service-account' is required")]
    [InlineData(
        "rule create x --issuer i --service-account s --scope a --life 59s",
        "'59s' is not a duration from 1m to 1d"
    )]
    [InlineData("rule create x --issuer i --service-account s --scope a --life 86401s", "is not a duration")]
    [InlineData("issuer create x", "'--url' is required")]
    [InlineData("ca upload x --chain f", "'--fingerprint' is required")]
    [InlineData("cert show xyz", "is not a serial number")]
    [InlineData("service-account create x --role owner", "owner")]
    [InlineData("tunnel hold x", "'hold' is not a known command")]
    [InlineData("tunnel list --url http://127.0.0.1:1", "is not an https URL")]
    [InlineData("dev", "'--mcp' is required")]
    [InlineData("dev --mcp ftp://127.0.0.1:3001", "is not the address of an MCP server")]
    [InlineData("dev --mcp http://127.0.0.1:3001 --port 65536", "from 1 to 65535")]
    [InlineData("tunnel list --url https://u:p@127.0.0.1", "is not an https URL")]
    [InlineData("tunnel list --ca-file a --ca-sha256 b", "exclude each other")]
    [InlineData("tunnel update tnl_01 --client-range none --client-range 10.0.0.0/8", "must be the only value")]
    public async Task BadCommandLine_IsUsage_SaysWhyAndSendsNothing(string line, string why)
    {
        var run = await Stage.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        run.ExitCode.ShouldBe(ExitCode.Usage, run.Error);
        run.Error.ShouldContain(why);
        run.Out.ShouldBeEmpty();
        Service.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(SettingVariables.Url)]
    [InlineData(SettingVariables.AdminKeyFile)]
    public async Task MissingSetting_IsUsage_AndNamesFlagAndVariable(string variable)
    {
        Stage.Variables[variable] = ""; // an empty variable is none

        var run = await Stage.RunAsync("tunnel", "list");

        run.ExitCode.ShouldBe(ExitCode.Usage);
        run.Error.ShouldContain(variable);
    }

    [Fact]
    public async Task Help_OfACommandWithAFlagOfAGlobalName_ShowsItsOwnAlone()
    {
        var help = (await Stage.RunAsync("issuer", "create", "--help")).Out;

        foreach (var flag in (string[])["--url", "--ca-file"])
        {
            help.Split('\n').Count(line => line.TrimStart().StartsWith(flag + " ")).ShouldBe(1, help);
        }

        help.ShouldContain("the issuer's iss");
    }

    [Fact]
    public async Task Value_BeginningWithAt_IsAValueAndNoResponseFile()
    {
        Service.On("POST /v1/tunnels", """{"id":"tnl_01"}""");

        var run = await Stage.RunAsync("tunnel", "create", "@docs");

        run.ExitCode.ShouldBe(0, run.Error);
        Last.Body.ShouldBe("""{"display_name":"@docs"}""");
    }

    [Fact]
    public async Task Version_NeedsNoService()
    {
        Stage.Variables.Clear();

        var run = await Stage.RunAsync("version");

        run.ExitCode.ShouldBe(0);
        run.Out.ShouldStartWith("culvert 0.");
    }

    [Fact]
    public async Task Help_IsOnStandardOutput()
    {
        var run = await Stage.RunAsync("tunnel", "create", "--help");

        run.ExitCode.ShouldBe(0);
        run.Out.ShouldContain("<NAME>");
    }
}
