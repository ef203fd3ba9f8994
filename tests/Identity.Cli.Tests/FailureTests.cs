using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Tests.Commands;
using Shouldly;

namespace Culvert.Identity.Cli.Tests;

public sealed class FailureTests : CommandTest
{
    [Theory]
    [InlineData(400, ExitCode.Refused)]
    [InlineData(401, ExitCode.Refused)]
    [InlineData(403, ExitCode.Refused)]
    [InlineData(404, ExitCode.Refused)]
    [InlineData(409, ExitCode.Refused)]
    [InlineData(413, ExitCode.Refused)]
    [InlineData(408, ExitCode.TryAgain)]
    [InlineData(429, ExitCode.TryAgain)]
    [InlineData(503, ExitCode.TryAgain)]
    [InlineData(500, ExitCode.Failed)]
    [InlineData(302, ExitCode.Failed)]
    public async Task Refusal_Status_DecidesTheExitCode(int status, int exitCode)
    {
        // A proxy in front of the service sends some of them.
        Service.OnAny(
            "POST /v1/tunnels",
            """{"type":"error","error":{"type":"t","message":"the reason","details":{"error_code":"area.reason"}},"request_id":"req_01x"}""",
            status
        );

        var run = await Stage.RunAsync("tunnel", "create", "docs");

        run.ExitCode.ShouldBe(exitCode, run.Error);
        run.Out.ShouldBeEmpty();
        run.Error.ShouldStartWith("culvert tunnel create: the reason (area.reason)\n");
        run.Error.ShouldContain($"  where: POST {Service.Url}v1/tunnels answered {status}\n");
        run.Error.ShouldContain("  next: ");
        run.Error.ShouldContain("  request id: req_01x\n");
        Service.Requests.Count.ShouldBe(1, "a change is never repeated by itself");
    }

    [Fact]
    public async Task Refusal_OfSeveralLines_KeepsThem_AndNoneLooksLikeTheReports()
    {
        Service.OnAny(
            "POST /v1/tunnels",
            """{"error":{"message":"Two findings.\n  ca.key_usage: Key usage.\r\nnext: \u001b[2Jforged"}}""",
            400
        );

        var run = await Stage.RunAsync("tunnel", "create", "docs");

        run.Error.ShouldStartWith(
            "culvert tunnel create: Two findings.\n    ca.key_usage: Key usage.\n    next: \uFFFD[2Jforged\n  where: "
        );
    }

    [Fact]
    public async Task Refusal_WithoutEnvelope_StillHasTheRequestId()
    {
        Service.OnAny("GET /v1/tunnels", "<html>", 502);

        var run = await Stage.RunAsync("tunnel", "list");

        run.ExitCode.ShouldBe(ExitCode.Failed);
        run.Error.ShouldContain(" 502");
        run.Error.ShouldContain("req_01test");
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData("<html>")]
    public async Task Answer_NotAnObject_Fails(string body)
    {
        Service.OnAny("GET /v1/tunnels", body);

        var run = await Stage.RunAsync("tunnel", "list");

        run.ExitCode.ShouldBe(ExitCode.Failed);
        run.Error.ShouldContain("not the identity service");
    }

    [Theory]
    [InlineData("""{"data":[],"data":[]}""")]
    [InlineData("""{"data":[{"id":"a","id":"b"}]}""")]
    [InlineData("""{"data":[""")]
    public async Task Answer_BrokenJson_FailsWithTheRequestId(string body)
    {
        Service.OnAny("GET /v1/tunnels", body);

        var run = await Stage.RunAsync("tunnel", "list");

        run.ExitCode.ShouldBe(ExitCode.Failed);
        run.Error.ShouldContain("the response is not valid JSON");
        run.Error.ShouldContain("request id: req_01test");
    }

    [Fact]
    public async Task Answer_ControlCharacters_NeverReachTheTerminal()
    {
        Service.OnAny("GET /v1/tunnels/tnl_01", """{"id":"tnl_01","display_name":"a\u001b[2Jb\nc\u202Ed"}""");
        Service.On("GET /v1/tunnels/tnl_02", """{"type":"error","error":{"type":"t","message":"x\u001b[2J"}}""", 400);

        var shown = await Stage.RunAsync("tunnel", "show", "tnl_01");
        var refused = await Stage.RunAsync("tunnel", "show", "tnl_02");

        // The second line of a value is indented under the first, where a reader cannot take it for another member.
        shown.Out.ShouldContain("display_name  a\uFFFD[2Jb\n              c\uFFFDd\n");
        (shown.Out + refused.Error).ShouldNotContain("\u001b");
    }

    [Fact]
    public async Task AdminKey_NeverAppears_EvenVerbose()
    {
        Service.On("GET /v1/tunnels", """{"data":[],"next_page":null}""");

        var run = await Stage.RunAsync("tunnel", "list", "--verbose");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Error.ShouldContain($"GET {Service.Url}v1/tunnels 200");
        (run.Out + run.Error).ShouldNotContain(Harness.CliStage.Key);
    }

    [Theory]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.OtherRead)]
    public async Task AdminKey_ReadableByOthers_IsRefused(UnixFileMode mode)
    {
        File.SetUnixFileMode(Stage.KeyFile, mode);

        var run = await Stage.RunAsync("tunnel", "list");

        run.ExitCode.ShouldBe(ExitCode.Configuration);
        run.Error.ShouldContain($"chmod 600 {Stage.KeyFile}");
        Service.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("a\nb")]
    public async Task AdminKey_NoKey_IsConfiguration(string content)
    {
        await File.WriteAllTextAsync(Stage.KeyFile, content, TestContext.Current.CancellationToken);

        var run = await Stage.RunAsync("tunnel", "list");

        run.ExitCode.ShouldBe(ExitCode.Configuration);
        if (content.Length > 0)
        {
            run.Error.ShouldNotContain(content);
        }
    }

    [Fact]
    public async Task AdminKey_Missing_IsConfiguration()
    {
        Stage.Variables[SettingVariables.AdminKeyFile] = "/nowhere/admin.key";

        var run = await Stage.RunAsync("tunnel", "list");

        run.ExitCode.ShouldBe(ExitCode.Configuration);
        run.Error.ShouldContain("/nowhere/admin.key");
    }

    [Fact]
    public async Task Service_NotThere_IsUnreachable()
    {
        await Service.DisposeAsync();

        var run = await Stage.RunAsync("tunnel", "list");

        run.ExitCode.ShouldBe(ExitCode.Unreachable);
        run.Error.ShouldContain("cannot be reached");
        run.Error.ShouldContain(SettingVariables.Url);
    }

    [Fact]
    public async Task Cancelled_IsInterrupted()
    {
        var run = await Stage.RunAsync(new CancellationToken(canceled: true), "tunnel", "list");

        run.ExitCode.ShouldBe(ExitCode.Interrupted);
    }

    [Fact]
    public async Task OutputFile_NotWritable_FailsAndNamesIt()
    {
        Service.On("GET /v1/tunnels/tnl_01/trust_bundle", """{"pem":"x"}""");

        var run = await Stage.RunAsync("tunnel", "trust-bundle", "tnl_01", "--out", "/nowhere/x.pem");

        run.ExitCode.ShouldBe(ExitCode.Failed);
        run.Error.ShouldContain("/nowhere/x.pem");
    }

    [Fact]
    public async Task Organization_OfAnotherKey_StopsTheChangeBeforeItIsSent()
    {
        Service.On("GET /v1/organizations/current", """{"id":"aaaa","name":"acme"}""");
        Stage.Variables[SettingVariables.Organization] = "bbbb";

        var run = await Stage.RunAsync("tunnel", "create", "docs");

        run.ExitCode.ShouldBe(ExitCode.Refused);
        run.Error.ShouldContain("aaaa");
        Service.Requests.ShouldAllBe(r => r.Method == "GET");
    }

    [Theory]
    [InlineData("aaaa")]
    [InlineData("acme")]
    public async Task Organization_OfThisKey_LetsTheChangePass(string named)
    {
        Service
            .On("GET /v1/organizations/current", """{"id":"aaaa","name":"acme"}""")
            .On("POST /v1/tunnels", """{"id":"tnl_01"}""");

        var run = await Stage.RunAsync("tunnel", "create", "docs", "--organization", named);

        run.ExitCode.ShouldBe(0, run.Error);
    }
}
