using Shouldly;

namespace Culvert.Identity.Cli.Tests.Commands;

/// <summary>The sign-in by a token of the identity provider, up to the wire; the real exchange is tried end to end.</summary>
public sealed class LoginCommandTests : CommandTest
{
    private const string Exchange = "POST /v1/oauth/token";

    private string TokenFile => Path.Combine(Stage.Folder, "oidc-token");

    [Fact]
    public async Task Login_ThenACall_ShowsTheBoundTokenAndExchangesOnce()
    {
        Prepare("DPoP");
        var login = await LoginAsync();
        login.ExitCode.ShouldBe(0, login.Error);
        Service.On("GET /v1/tunnels", """{"data":[],"next_page":null}""");

        var run = await Stage.RunAsync("tunnel", "list");

        run.ExitCode.ShouldBe(0, run.Error);
        Last.Headers["authorization"].ShouldBe("DPoP clv_access");
        Last.Headers["dpop"].Count(c => c == '.').ShouldBe(2);
        Service.Requests.Count(request => request.ToString() == Exchange).ShouldBe(1);
        Service.Requests[0].Json!["assertion"]!.GetValue<string>().ShouldBe("eyJ.first.token");
        (login.Out + login.Error + run.Out + run.Error).ShouldNotContain("clv_access");
    }

    [Fact]
    public async Task KeyOnTheCommandLine_WinsOverTheSignIn()
    {
        Prepare("DPoP");
        (await LoginAsync()).ExitCode.ShouldBe(0);
        Service.On("GET /v1/tunnels", """{"data":[],"next_page":null}""");

        (await Stage.RunAsync("tunnel", "list", "--admin-key-file", Stage.KeyFile)).ExitCode.ShouldBe(0);

        Last.Headers["authorization"].ShouldStartWith("Bearer clv_adm_");
    }

    [Fact]
    public async Task Logout_ForgetsIt_AndTheTokens()
    {
        Prepare("Bearer");
        (await LoginAsync()).ExitCode.ShouldBe(0);
        Files().ShouldNotBeEmpty();
        Files().ShouldAllBe(file => File.GetUnixFileMode(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));

        (await Stage.RunAsync("logout")).Out.ShouldContain("signed out");

        Files().ShouldBeEmpty();
        (await Stage.RunAsync("tunnel", "list")).ExitCode.ShouldBe(ExitCode.Usage, "there is neither key nor sign-in");
        (await Stage.RunAsync("logout")).Out.ShouldContain("nobody was signed in");
    }

    [Fact]
    public async Task Refused_KeepsNothing()
    {
        Prepare("DPoP");
        Service.On(
            Exchange,
            """{"type":"error","error":{"type":"authentication_error","message":"Authentication failed"},"request_id":"req_1"}""",
            401
        );

        var run = await LoginAsync();

        run.ExitCode.ShouldBe(ExitCode.Refused);
        run.Error.ShouldContain("request id: req_");
        Files().ShouldAllBe(file => file.EndsWith(".pem") || file.EndsWith(".lock"));
        (await Stage.RunAsync("tunnel", "list")).ExitCode.ShouldBe(ExitCode.Usage);
    }

    [Theory]
    [InlineData("login --rule fdrl_01 --token-file t --organization o", "how to sign in")]
    [InlineData("login --federated --rule fdrl_01 --token-file t", "organization")]
    [InlineData("login --federated --token-file t", "'--rule' is required")]
    public async Task Incomplete_IsUsage(string line, string why)
    {
        var run = await Stage.RunAsync(line.Split(' '));

        run.ExitCode.ShouldBe(ExitCode.Usage);
        run.Error.ShouldContain(why);
    }

    private void Prepare(string type)
    {
        File.WriteAllText(TokenFile, "eyJ.first.token");
        Stage.Variables["XDG_STATE_HOME"] = Path.Combine(Stage.Folder, "state");
        Stage.Variables.Remove(GlobalOptions.AdminKeyFileVariable);
        Service.On(
            Exchange,
            $$"""{"access_token":"clv_access","token_type":"{{type}}","expires_in":3600,"scope":"workspace:manage_tunnels"}"""
        );
    }

    private Task<Harness.CliRun> LoginAsync() =>
        Stage.RunAsync(
            "login",
            "--federated",
            "--rule",
            "fdrl_01",
            "--token-file",
            TokenFile,
            "--organization",
            "11111111-1111-1111-1111-111111111111"
        );

    private string[] Files()
    {
        var folder = Path.Combine(Stage.Folder, "state");
        return Directory.Exists(folder) ? Directory.GetFiles(folder, "*", SearchOption.AllDirectories) : [];
    }
}
