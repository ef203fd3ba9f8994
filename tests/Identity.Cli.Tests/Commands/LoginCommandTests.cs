using System.Buffers.Text;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Hosting;
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
        Last.Headers["authorization"].ShouldBe("DPoP clv_access_token");
        Last.Headers["dpop"].Count(c => c == '.').ShouldBe(2);
        Service.Requests.Count(request => request.ToString() == Exchange).ShouldBe(1);
        Service.Requests[0].Json!["assertion"]!.GetValue<string>().ShouldBe("eyJ.first.token");
        (login.Out + login.Error + run.Out + run.Error).ShouldNotContain("clv_access_token");
    }

    // RFC 9449 §9: the service asks for its nonce instead of answering, once in each program's life.
    [Fact]
    public async Task ServiceThatWantsANonce_GetsTheRequestAgainWithIt()
    {
        Prepare("DPoP");
        (await LoginAsync()).ExitCode.ShouldBe(0);
        Service.AnswerHeaders["DPoP-Nonce"] = "nonce-1";
        Service.On("POST /v1/tunnels", """{"id":"tnl_01"}""");
        Service.OnNext(
            "POST /v1/tunnels",
            [
                (
                    401,
                    """{"type":"error","error":{"type":"authentication_error","message":"nonce","details":{"error_code":"token.dpop_nonce"}},"request_id":"req_1"}"""
                ),
            ],
            () => { }
        );

        var run = await Stage.RunAsync("tunnel", "create", "docs");

        run.ExitCode.ShouldBe(0, run.Error);
        var sent = Service.Requests.Where(request => request.ToString() == "POST /v1/tunnels").ToList();
        sent.Count.ShouldBe(2);
        sent[1].Body.ShouldBe(sent[0].Body);
        NonceOf(sent[0]).ShouldBeNull();
        NonceOf(sent[1]).ShouldBe("nonce-1");
    }

    // The CLI gives up when the service requests a nonce repeatedly.
    [Fact]
    public async Task ServiceThatNeverIsContent_IsAskedTwice()
    {
        Prepare("DPoP");
        (await LoginAsync()).ExitCode.ShouldBe(0);
        Service.AnswerHeaders["DPoP-Nonce"] = "nonce-1";
        Service.On(
            "GET /v1/tunnels",
            """{"type":"error","error":{"type":"authentication_error","message":"nonce"},"request_id":"req_1"}""",
            401
        );

        (await Stage.RunAsync("tunnel", "list")).ExitCode.ShouldBe(ExitCode.Refused);

        Service.Requests.Count(request => request.ToString() == "GET /v1/tunnels").ShouldBe(2);
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
        Stage.StateFiles().ShouldNotBeEmpty();
        Stage
            .StateFiles()
            .ShouldAllBe(file => File.GetUnixFileMode(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));

        (await Stage.RunAsync("logout")).Out.ShouldContain("signed out");

        Stage.StateFiles().ShouldBeEmpty();
        (await Stage.RunAsync("tunnel", "list")).ExitCode.ShouldBe(ExitCode.Usage, "there is neither key nor sign-in");
        (await Stage.RunAsync("logout")).Out.ShouldContain("you were not signed in");
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
        Stage.StateFiles().ShouldAllBe(file => file.EndsWith(".pem") || file.EndsWith(".lock"));
        (await Stage.RunAsync("tunnel", "list")).ExitCode.ShouldBe(ExitCode.Usage);
    }

    [Theory]
    [InlineData("login --rule fdrl_01 --token-file t --organization o", "no sign-in method")]
    [InlineData("login --federated --rule fdrl_01 --token-file t", "organization")]
    [InlineData("login --federated --token-file t", "the rule is not named")]
    public async Task Incomplete_IsUsage(string line, string why)
    {
        var run = await Stage.RunAsync(line.Split(' '));

        run.ExitCode.ShouldBe(ExitCode.Usage);
        run.Error.ShouldContain(why);
    }

    private void Prepare(string type)
    {
        File.WriteAllText(TokenFile, "eyJ.first.token");
        Stage.KeepState();
        Stage.Variables.Remove(SettingVariables.AdminKeyFile);
        Service.On(
            Exchange,
            $$"""{"access_token":"clv_access_token","token_type":"{{type}}","expires_in":3600,"scope":"workspace:manage_tunnels"}"""
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

    private static string? NonceOf(Harness.RecordedRequest request) =>
        JsonNode.Parse(Base64Url.DecodeFromChars(request.Headers["dpop"].Split('.')[1]))!["nonce"]?.GetValue<string>();
}
