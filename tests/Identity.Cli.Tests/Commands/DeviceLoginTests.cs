using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Tests.Harness;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Cli.Tests.Commands;

/// <summary>RFC 8628 against a scripted identity provider, up to the exchange; a real one is tried end to end.</summary>
public sealed class DeviceLoginTests : PersonLoginTest
{
    private const string Codes = "POST /device";
    private const string Pending = """{"error":"authorization_pending"}""";

    [Fact]
    public async Task Confirmed_AfterAWhile_IsSignedIn()
    {
        Prepare();
        Service.OnNext(
            Tokens,
            [
                (400, Pending),
                (400, """{"error":"slow_down"}"""),
                (200, """{"id_token":"eyJ.id.token","access_token":"eyJ.access.token"}"""),
            ],
            () => { },
            isForeign: true
        );

        var begun = Time.GetUtcNow();
        var run = await LoginAsync(3);

        run.ExitCode.ShouldBe(0, run.Error);
        // 5 s, 5 s again, then 5 s more than before.
        (Time.GetUtcNow() - begun).TotalSeconds.ShouldBeInRange(20, 21);
        run.Error.ShouldContain("https://idp.example.com/device?user_code=WDJB-MJHT");
        run.Error.ShouldContain("WDJB-MJHT");
        Sent(Exchange).Single().Json!["assertion"]!.GetValue<string>().ShouldBe("eyJ.id.token");
        Sent(Codes).Single().Body.ShouldBe("client_id=culvert-cli&scope=openid");
        Sent(Tokens)
            .ShouldAllBe(request =>
                request.Body
                == "client_id=culvert-cli&grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=the-secret-code"
            );
        foreach (var secret in (string[])["the-secret-code", "eyJ.id.token", "clv_access_token"])
        {
            (run.Out + run.Error).ShouldNotContain(secret);
        }

        Stage
            .StateFiles()
            .ShouldAllBe(file => File.GetUnixFileMode(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        (await Stage.RunAsync("logout")).ExitCode.ShouldBe(0);
        Stage.StateFiles().ShouldBeEmpty();
    }

    [Fact]
    public async Task Audience_AsksForAnAccessTokenAndExchangesThat()
    {
        Prepare();
        Service.OnForeign(Tokens, """{"id_token":"eyJ.id.token","access_token":"eyJ.access.token"}""");

        (await LoginAsync(1, "--audience", "https://identity.example.com")).ExitCode.ShouldBe(0);

        foreach (var request in (string[])[Codes, Tokens])
        {
            Sent(request).Single().Body.ShouldContain("&resource=https%3A%2F%2Fidentity.example.com&");
        }

        Sent(Exchange).Single().Json!["assertion"]!.GetValue<string>().ShouldBe("eyJ.access.token");
    }

    [Theory]
    [InlineData("""{"error":"access_denied"}""", ExitCode.Refused, "request was refused")]
    [InlineData("""{"error":"expired_token"}""", ExitCode.TryAgain, "in time")]
    [InlineData("""{"error":"invalid_client"}""", ExitCode.Refused, "invalid_client")]
    [InlineData(Pending, ExitCode.TryAgain, "in time")] // until the code's end
    public async Task NotConfirmed_KeepsNothing(string answer, int exitCode, string why)
    {
        Prepare();
        Service.OnForeign(Tokens, answer, 400);

        var run = await LoginAsync(int.MaxValue);

        run.ExitCode.ShouldBe(exitCode);
        run.Error.ShouldContain(why);
        Stage.StateFiles().ShouldBeEmpty();
    }

    [Fact]
    public async Task Exchange_Refused_KeepsNoToken()
    {
        Prepare();
        Service.OnForeign(Tokens, """{"id_token":"eyJ.id.token"}""");
        Service.On(
            Exchange,
            """{"type":"error","error":{"type":"authentication_error","message":"Authentication failed"},"request_id":"req_1"}""",
            401
        );

        var run = await LoginAsync(1);

        run.ExitCode.ShouldBe(ExitCode.Refused);
        Stage.StateFiles().ShouldAllBe(file => !file.EndsWith("identity-token"));
    }

    [Theory]
    [InlineData("issuer", "https://elsewhere.example.com", "member issuer is https://elsewhere.example.com")]
    [InlineData("token_endpoint", "http://idp.example.com/token", "token_endpoint")]
    [InlineData("device_authorization_endpoint", "file:///etc/passwd", "device_authorization_endpoint")]
    public async Task Metadata_ThatIsNotToBeTrusted_IsRefused(string member, string value, string why)
    {
        Prepare((member, value));

        var run = await LoginAsync(1);

        run.ExitCode.ShouldBe(ExitCode.Refused);
        run.Error.ShouldContain(why);
        Sent(Codes).ShouldBeEmpty();
        Sent(Tokens).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(200, "[]", ExitCode.Failed, "its metadata is not a JSON object")]
    [InlineData(200, "<html>", ExitCode.Failed, "its metadata is not a JSON object")]
    [InlineData(200, "", ExitCode.Failed, "its metadata is not a JSON object")]
    [InlineData(200, """{"issuer":"a","issuer":"b"}""", ExitCode.Failed, "its metadata is not a JSON object")]
    [InlineData(200, """{"issuer":"\ud800"}""", ExitCode.Failed, "its metadata is not a JSON object")]
    [InlineData(200, "{}", ExitCode.Refused, "its metadata lacks the member issuer")]
    [InlineData(200, """{"issuer":1}""", ExitCode.Refused, "its metadata lacks the member issuer")]
    [InlineData(404, "{}", ExitCode.Unreachable, "its metadata was answered with 404")]
    [InlineData(500, "<html>", ExitCode.Unreachable, "its metadata was answered with 500")]
    [InlineData(302, "", ExitCode.Refused, "it redirects to https://elsewhere.example.com/, and redirects are not")]
    public async Task Metadata_ThatIsNone_IsRefusedByItsFault(int status, string body, int exitCode, string why)
    {
        Prepare();
        Service.OnForeign("GET /.well-known/openid-configuration", body, status);
        Service.AnswerHeaders["location"] = "https://elsewhere.example.com/";

        var run = await LoginAsync(1);

        run.ExitCode.ShouldBe(exitCode, run.Error);
        run.Error.ShouldContain(why);
        Sent(Codes).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(256 * 1024, ExitCode.Refused)] // read, and lacking everything
    [InlineData(256 * 1024 + 1, ExitCode.Unreachable)]
    public async Task Metadata_OnBothSidesOfItsBound(int length, int exitCode)
    {
        Prepare();
        Service.OnForeign("GET /.well-known/openid-configuration", "{}".PadRight(length));

        (await LoginAsync(1)).ExitCode.ShouldBe(exitCode);
    }

    [Fact]
    public async Task KeySet_ThatMetadataNames_IsNotFetched()
    {
        Prepare(("jwks_uri", Issuer + "/keys"), ("userinfo_endpoint", "nowhere"));
        Service.OnForeign(Tokens, """{"id_token":"eyJ.id.token"}""");

        (await LoginAsync(1)).ExitCode.ShouldBe(0);

        Sent("GET /keys").ShouldBeEmpty();
    }

    [Theory]
    [InlineData(200, "[]", "its response contains no code")]
    [InlineData(
        200,
        """{"device_code":1,"user_code":"u","verification_uri":"https://p"}""",
        "its response contains no code"
    )]
    [InlineData(
        200,
        """{"device_code":"a","device_code":"b","user_code":"u","verification_uri":"https://p"}""",
        "its response contains no code"
    )]
    [InlineData(400, """{"error":"invalid_client","error_description":"who"}""", "no code: 400, invalid_client, who")]
    [InlineData(401, """{"error":"invalid_client"}""", "no code: 401, invalid_client")]
    [InlineData(503, "<html>", "no code: 503")]
    public async Task Code_ThatIsNotGiven_IsRefusedByItsFault(int status, string body, string why)
    {
        Prepare();
        Service.OnForeign(Codes, body, status);

        var run = await LoginAsync(1);

        run.ExitCode.ShouldBe(ExitCode.Refused, run.Error);
        run.Error.ShouldContain(why);
        Sent(Tokens).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(200, "[]", "its response contains no id_token")]
    [InlineData(200, """{"id_token":1}""", "its response contains no id_token")]
    [InlineData(200, """{"id_token":"a","id_token":"b"}""", "its response contains no id_token")]
    [InlineData(200, """{"id_token":"a","token_type":"mac"}""", "its response's token_type is \"mac\"")]
    [InlineData(401, """{"error":"invalid_client"}""", "it returned no token: 401, invalid_client")]
    [InlineData(400, """{"error":["slow_down"]}""", "it returned no token: 400")]
    [InlineData(500, "<html>", "it returned no token: 500")]
    public async Task Token_ThatIsNotGiven_IsRefusedByItsFault(int status, string body, string why)
    {
        Prepare();
        Service.OnForeign(Tokens, body, status);

        var run = await LoginAsync(1);

        run.ExitCode.ShouldBe(ExitCode.Refused, run.Error);
        run.Error.ShouldContain(why);
        Sent(Exchange).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("--issuer http://idp.example.com --client-id c", "https URL")]
    [InlineData("--issuer https://me:secret@idp.example.com --client-id c", "https URL")]
    [InlineData("--issuer https://idp.example.com", "--client-id")]
    [InlineData("--federated --token-file t", "no sign-in method")]
    [InlineData("--browser --issuer https://idp.example.com --client-id c", "no sign-in method")]
    public async Task Incomplete_IsUsage(string line, string why)
    {
        var run = await Stage.RunAsync([
            "login",
            "--device",
            "--rule",
            "fdrl_01",
            "--organization",
            "o",
            .. line.Split(' '),
        ]);

        run.ExitCode.ShouldBe(ExitCode.Usage);
        run.Error.ShouldContain(why);
    }

    private void Prepare(params ReadOnlySpan<(string Member, object Value)> other)
    {
        PrepareProvider([("device_authorization_endpoint", Issuer + "/device"), .. other]);
        Service.OnForeign(
            Codes,
            """
            {"device_code":"the-secret-code","user_code":"WDJB-MJHT","verification_uri":"https://idp.example.com/device",
             "verification_uri_complete":"https://idp.example.com/device?user_code=WDJB-MJHT","expires_in":600}
            """
        );
    }

    /// <param name="polls">After so many calls the test no longer waits for the provider, and the clock stops.</param>
    /// <param name="more">Flags.</param>
    private async Task<CliRun> LoginAsync(int polls, params string[] more)
    {
        var running = Start("--device", more);
        await Eventually.UntilAsync(
            () => running.IsCompleted,
            TestContext.Current.CancellationToken,
            () =>
            {
                if (Time.PendingTimers > 0 && Sent(Tokens).Count < polls)
                {
                    Time.Advance(TimeSpan.FromSeconds(1));
                }
            }
        );
        return await running;
    }
}
