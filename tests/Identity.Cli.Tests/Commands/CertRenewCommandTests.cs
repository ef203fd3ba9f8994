using Culvert.Identity.Cli.Hosting;
using Shouldly;

namespace Culvert.Identity.Cli.Tests.Commands;

/// <summary>
/// What the command says and exits with; the renewal itself is tested in Machine.Client.Tests, and end to end with
/// nginx.
/// </summary>
public sealed class CertRenewCommandTests : CommandTest
{
    private string Output => Path.Combine(Stage.Folder, "out");

    [Fact]
    public async Task Renew_Refused_Exits3AndNamesTheCode()
    {
        Service.On(
            "POST /v1/certificates",
            """{"type":"error","error":{"type":"permission_error","message":"No.","details":{"error_code":"issue.tunnel"}},"request_id":"req_01x"}""",
            403
        );

        var run = await RenewAsync();

        run.ExitCode.ShouldBe(ExitCode.Refused, run.Error);
        run.Error.ShouldContain("issue.tunnel");
        run.Error.ShouldContain("No files were written");
        Service.Requests.ShouldHaveSingleItem().ShouldBe(Last);
        Last.Headers.Keys.ShouldNotContain("authorization");
        Last.Headers.Keys.ShouldContain("dpop");
        Last.Headers["idempotency-key"].ShouldStartWith("csr-");
        Last.Json!["federation_rule_id"]!.GetValue<string>().ShouldBe("fdrl_01a");
        Last.Json["assertion"]!.GetValue<string>().ShouldNotBeEmpty();
        Last.Json["tunnel_id"]!.GetValue<string>().ShouldBe("tnl_01a");
        File.Exists(Path.Combine(Output, "tls.key")).ShouldBeFalse();
    }

    [Theory]
    [InlineData(503, ExitCode.TryAgain)]
    [InlineData(429, ExitCode.TryAgain)]
    [InlineData(500, ExitCode.TryAgain)]
    public async Task Renew_NotNow_Exits75AndKeepsTheRequest(int status, int expected)
    {
        Service.On("POST /v1/certificates", "{}", status);

        (await RenewAsync()).ExitCode.ShouldBe(expected);
        (await RenewAsync()).ExitCode.ShouldBe(expected);

        var orders = Service.Requests.Where(r => r.ToString() == "POST /v1/certificates").ToList();
        orders.Count.ShouldBe(2);
        orders[1].Body.ShouldBe(orders[0].Body);
        orders[1].Headers["idempotency-key"].ShouldBe(orders[0].Headers["idempotency-key"]);
    }

    [Fact]
    public async Task Renew_NobodyThere_Exits69()
    {
        Stage.Variables[SettingVariables.Url] = "https://127.0.0.1:1/";

        (await RenewAsync()).ExitCode.ShouldBe(ExitCode.Unreachable);
    }

    [Fact]
    public async Task Renew_NoToken_Exits78()
    {
        var run = await RenewAsync("--token-file", Path.Combine(Stage.Folder, "absent"));

        run.ExitCode.ShouldBe(ExitCode.Configuration, run.Error);
        run.Error.ShouldContain("absent");
        Service.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Renew_ForeignFile_Exits78AndNamesIt()
    {
        Directory.CreateDirectory(Output);
        File.SetUnixFileMode(Output, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await File.WriteAllTextAsync(
            Path.Combine(Output, "tls.key"),
            "precious",
            TestContext.Current.CancellationToken
        );

        var run = await RenewAsync();

        run.ExitCode.ShouldBe(ExitCode.Configuration, run.Error);
        run.Error.ShouldContain(Path.Combine(Output, "tls.key"));
        Service.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("--tunnel", "docs")]
    [InlineData("--renew-before", "soon")]
    [InlineData("--exec", "nginx 'reload")]
    public async Task Renew_BadFlag_Exits64(string flag, string value) =>
        (await RenewAsync(flag, value)).ExitCode.ShouldBe(ExitCode.Usage);

    [Fact]
    public async Task Renew_NoOrganization_Exits64()
    {
        Stage.Variables.Remove(SettingVariables.Organization);

        (await RunAsync([])).ExitCode.ShouldBe(ExitCode.Usage);
    }

    private Task<Harness.CliRun> RenewAsync(params string[] more)
    {
        Stage.Variables[SettingVariables.Organization] = "org-1";
        return RunAsync(more);
    }

    private Task<Harness.CliRun> RunAsync(string[] more)
    {
        var flags = new Dictionary<string, string>
        {
            ["--tunnel"] = "tnl_01a",
            ["--output"] = Output,
            ["--rule"] = "fdrl_01a",
            ["--token-file"] = Stage.Write("token", "a.b.c"),
        };
        for (var i = 0; i < more.Length; i += 2)
        {
            flags[more[i]] = more[i + 1];
        }

        return Stage.RunAsync(["cert", "renew", .. flags.SelectMany(flag => new[] { flag.Key, flag.Value })]);
    }
}
