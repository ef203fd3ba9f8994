using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Tests.Harness;
using Culvert.Testing;
using Microsoft.AspNetCore.WebUtilities;
using Shouldly;

namespace Culvert.Identity.Cli.Tests.Commands;

/// <summary>RFC 8252 against a scripted identity provider, up to the exchange; a real one is tried end to end.</summary>
public sealed class BrowserLoginTests : PersonLoginTest
{
    private const string Code = "the-secret-code";

    private static readonly HttpClient Browser = new(new SocketsHttpHandler { UseProxy = false });

    private readonly TaskCompletionSource<Uri> opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task SignedIn_InTheBrowser_ExchangesTheIdToken()
    {
        Prepare();
        var running = Start("--browser");
        var page = await opened.Task;
        var asked = Asked(page);
        Grant(asked["nonce"]);

        using var done = await ReturnAsync(asked, $"code={Code}&iss={Uri.EscapeDataString(Issuer)}");
        var run = await running;

        run.ExitCode.ShouldBe(0, run.Error);
        run.Error.ShouldContain($"Open {page.AbsoluteUri} in a browser");
        page.GetLeftPart(UriPartial.Path).ShouldBe(Issuer + "/auth");
        asked["tenant"].ShouldBe("t1");
        asked["response_type"].ShouldBe("code");
        asked["client_id"].ShouldBe("culvert-cli");
        asked["scope"].ShouldBe("openid");
        asked["code_challenge_method"].ShouldBe("S256");
        asked["redirect_uri"].ShouldMatch(@"^http://127\.0\.0\.1:\d+/callback$");
        ((string[])[asked["state"], asked["nonce"], asked["code_challenge"]]).ShouldBeUnique();

        var redeemed = Fields(Sent(Tokens).Single().Body);
        redeemed["grant_type"].ShouldBe("authorization_code");
        redeemed["code"].ShouldBe(Code);
        redeemed["redirect_uri"].ShouldBe(asked["redirect_uri"]);
        redeemed["client_id"].ShouldBe("culvert-cli");
        redeemed.ShouldNotContainKey("resource");
        Base64Url
            .EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(redeemed["code_verifier"])))
            .ShouldBe(asked["code_challenge"]);
        Sent(Exchange).Single().Json!["assertion"]!.GetValue<string>().ShouldBe(IdToken(asked["nonce"]));
        foreach (var secret in (string[])[Code, redeemed["code_verifier"], IdToken(asked["nonce"]), "clv_access_token"])
        {
            (run.Out + run.Error).ShouldNotContain(secret);
        }

        Stage
            .StateFiles()
            .ShouldAllBe(file => File.GetUnixFileMode(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    // The service maps the groups of the id_token to roles, as for the console.
    [Fact]
    public async Task SignedIn_WithoutARule_SignsInWithTheRolesOfThePerson()
    {
        Prepare();
        const string signIn = "POST /v1/sign_in";
        Service.On(signIn, """{"access_token":"clv_ses_x","token_type":"DPoP","expires_in":900}""");
        string[] line = [.. Line("--browser")[..8], "--scopes", "profile groups"];
        var running = Stage.RunAsync(line);
        var asked = Asked(await opened.Task);
        Grant(asked["nonce"]);

        using var done = await ReturnAsync(asked, $"code={Code}&iss={Uri.EscapeDataString(Issuer)}");
        var run = await running;

        run.ExitCode.ShouldBe(0, run.Error);
        run.Out.ShouldContain("with your roles");
        asked["scope"].ShouldBe("openid profile groups");
        Sent(signIn).Single().Json!["id_token"]!.GetValue<string>().ShouldBe(IdToken(asked["nonce"]));
        Sent(Exchange).ShouldBeEmpty();
    }

    [Fact]
    public async Task Page_ThatTheBrowserGets_FetchesNothingAndRepeatsNothing()
    {
        Prepare();
        var running = Start("--browser");
        var asked = Asked(await opened.Task);
        Grant(asked["nonce"]);

        using var done = await ReturnAsync(asked, $"code={Code}");
        await running;

        done.StatusCode.ShouldBe(HttpStatusCode.OK);
        done.Headers.GetValues("Content-Security-Policy").Single().ShouldStartWith("default-src 'none'");
        done.Headers.GetValues("Referrer-Policy").Single().ShouldBe("no-referrer");
        done.Headers.CacheControl!.NoStore.ShouldBeTrue();
        var html = await done.Content.ReadAsStringAsync();
        html.ShouldContain("The terminal shows whether you are signed in");
        html.ShouldNotContain(" src=");
        html.ShouldNotContain(" href=");
        html.ShouldNotContain(Code);
    }

    [Fact]
    public async Task Audience_AsksForAnAccessTokenAndExchangesThat()
    {
        Prepare();
        var running = Start("--browser", "--audience", "https://identity.example.com");
        var asked = Asked(await opened.Task);
        Grant(asked["nonce"]);

        using var done = await ReturnAsync(asked, $"code={Code}");

        (await running).ExitCode.ShouldBe(0);
        asked["resource"].ShouldBe("https://identity.example.com");
        Fields(Sent(Tokens).Single().Body)["resource"].ShouldBe("https://identity.example.com");
        Sent(Exchange).Single().Json!["assertion"]!.GetValue<string>().ShouldBe("eyJ.access.token");
    }

    [Theory]
    [InlineData("error=access_denied", "request was refused")]
    [InlineData("error=login_required&error_description=who%1B", "login_required, who\uFFFD")]
    [InlineData("", "contains no code")]
    [InlineData("code=", "contains no code")]
    [InlineData("code=a&code=b", "contains no code")]
    [InlineData("code=c&iss=https%3A%2F%2Felsewhere.example.com", "not from that issuer")]
    [InlineData("error=access_denied&iss=https%3A%2F%2Felsewhere.example.com", "not from that issuer")]
    [InlineData("code=c&state=another", "does not belong to this sign-in")] // said twice
    public async Task Answer_ThatGrantsNothing_IsRefused(string answer, string why)
    {
        Prepare();
        var running = Start("--browser");

        using var done = await ReturnAsync(Asked(await opened.Task), answer);

        await ShouldBeRefusedAsync(running, why);
        Sent(Tokens).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("code=c")]
    [InlineData("code=c&state=guessed")]
    [InlineData("error=access_denied")]
    public async Task Answer_WithoutOurState_IsRefused(string answer)
    {
        Prepare();
        var running = Start("--browser");

        using var done = await GetAsync(Asked(await opened.Task)["redirect_uri"] + "?" + answer);

        await ShouldBeRefusedAsync(running, "does not belong to this sign-in");
        Sent(Tokens).ShouldBeEmpty();
    }

    [Fact]
    public async Task Answer_WithoutThePromisedIssuer_IsRefused()
    {
        Prepare(("authorization_response_iss_parameter_supported", true));
        var running = Start("--browser");

        using var done = await ReturnAsync(Asked(await opened.Task), $"code={Code}");

        await ShouldBeRefusedAsync(running, "not from that issuer");
        Sent(Tokens).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("another")]
    [InlineData(null)]
    public async Task IdToken_OfAnotherSignIn_IsRefused(string? nonce)
    {
        Prepare();
        Grant(nonce);
        var running = Start("--browser");

        using var done = await ReturnAsync(Asked(await opened.Task), $"code={Code}");

        await ShouldBeRefusedAsync(running, "not for this sign-in");
        Sent(Exchange).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(400, """{"error":"invalid_grant"}""", "400, invalid_grant")]
    [InlineData(200, """{"access_token":"eyJ.access.token"}""", "contains no id_token")]
    [InlineData(200, """{"id_token":"no token"}""", "not for this sign-in")]
    [InlineData(200, "no JSON", "contains no id_token")]
    public async Task Code_ThatGivesNoToken_IsRefused(int status, string body, string why)
    {
        Prepare();
        Service.OnForeign(Tokens, body, status);
        var running = Start("--browser");

        using var done = await ReturnAsync(Asked(await opened.Task), $"code={Code}");

        await ShouldBeRefusedAsync(running, why);
        Sent(Exchange).ShouldBeEmpty();
    }

    [Fact]
    public async Task Exchange_Refused_KeepsNoToken()
    {
        Prepare();
        Service.On(
            Exchange,
            """{"type":"error","error":{"type":"authentication_error","message":"Authentication failed"},"request_id":"req_1"}""",
            401
        );
        var running = Start("--browser");
        var asked = Asked(await opened.Task);
        Grant(asked["nonce"]);

        using var done = await ReturnAsync(asked, $"code={Code}");
        var run = await running;

        run.ExitCode.ShouldBe(ExitCode.Refused);
        run.Error.ShouldContain("culvert login --browser");
        Stage.StateFiles().ShouldAllBe(file => !file.EndsWith("identity-token"));
    }

    [Fact]
    public async Task Nobody_Comes_TriesAgainAndListensNoMore()
    {
        Prepare();
        var running = Start("--browser");
        var redirect = Asked(await opened.Task)["redirect_uri"];
        await TimerAsync();

        Time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1));
        running.IsCompleted.ShouldBeFalse();
        Time.Advance(TimeSpan.FromSeconds(1));
        var run = await running;

        run.ExitCode.ShouldBe(ExitCode.TryAgain);
        run.Error.ShouldContain("the sign-in timed out");
        Stage.StateFiles().ShouldBeEmpty();
        await Should.ThrowAsync<HttpRequestException>(() => GetAsync(redirect));
    }

    [Fact]
    public async Task Interrupted_EndsAtOnce()
    {
        Prepare();
        using var stop = new CancellationTokenSource();
        var running = Stage.RunAsync(stop.Token, Line("--browser"));
        await opened.Task;

        await stop.CancelAsync();

        (await running).ExitCode.ShouldBe(ExitCode.Interrupted);
    }

    [Theory]
    [InlineData("GET", "/callback", "localhost", 400)]
    [InlineData("GET", "/callback", "evil.example.com", 400)]
    [InlineData("GET", "/callback", "127.0.0.1", 400)] // without the port
    [InlineData("GET", "/", null, 404)]
    [InlineData("GET", "/favicon.ico", null, 404)]
    [InlineData("GET", "/Callback", null, 404)]
    [InlineData("POST", "/callback", null, 405)]
    [InlineData("HEAD", "/callback", null, 405)]
    public async Task Request_ThatIsNoAnswer_IsRefusedAndDoesNotCount(
        string method,
        string path,
        string? host,
        int status
    )
    {
        Prepare();
        var running = Start("--browser");
        var asked = Asked(await opened.Task);
        Grant(asked["nonce"]);
        using var stray = new HttpRequestMessage(
            new HttpMethod(method),
            new Uri(new Uri(asked["redirect_uri"]), path + $"?code=stray&state={asked["state"]}")
        );
        stray.Headers.Host = host;

        using var refused = await Browser.SendAsync(stray);

        ((int)refused.StatusCode).ShouldBe(status);
        using var done = await ReturnAsync(asked, $"code={Code}");
        (await running).ExitCode.ShouldBe(0);
        Fields(Sent(Tokens).Single().Body)["code"].ShouldBe(Code);
    }

    [Theory]
    [InlineData("issuer", "https://elsewhere.example.com", "member issuer is https://elsewhere.example.com")]
    [InlineData("token_endpoint", "http://idp.example.com/token", "token_endpoint")]
    [InlineData("authorization_endpoint", "file:///etc/passwd", "authorization_endpoint")]
    [InlineData("code_challenge_methods_supported", new[] { "plain" }, "PKCE")]
    public async Task Metadata_ThatIsNotToBeTrusted_IsRefused(string member, object value, string why)
    {
        Prepare((member, value));

        await ShouldBeRefusedAsync(Start("--browser"), why);

        opened.Task.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task Token_OfAnotherType_IsNotTaken()
    {
        Prepare();
        var running = Start("--browser");
        var asked = Asked(await opened.Task);
        Service.OnForeign(
            Tokens,
            JsonSerializer.Serialize(new { id_token = IdToken(asked["nonce"]), token_type = "mac" })
        );

        using var done = await ReturnAsync(asked, $"code={Code}");

        await ShouldBeRefusedAsync(running, "token_type is \"mac\"; only Bearer and DPoP can be used");
    }

    private void Prepare(params ReadOnlySpan<(string Member, object Value)> other)
    {
        PrepareProvider([("authorization_endpoint", Issuer + "/auth?tenant=t1"), .. other]);
        Stage.Browser = opened.SetResult;
    }

    private void Grant(string? nonce) =>
        Service.OnForeign(
            Tokens,
            JsonSerializer.Serialize(new { id_token = IdToken(nonce), access_token = "eyJ.access.token" })
        );

    private async Task ShouldBeRefusedAsync(Task<CliRun> running, string why)
    {
        var run = await running;
        run.ExitCode.ShouldBe(ExitCode.Refused, run.Error);
        run.Error.ShouldContain(why);
        Stage.StateFiles().ShouldBeEmpty();
    }

    private Task TimerAsync() =>
        Eventually.UntilAsync(() => Time.PendingTimers > 0, TestContext.Current.CancellationToken);

    /// <summary>As the provider sends the browser back.</summary>
    private static Task<HttpResponseMessage> ReturnAsync(Dictionary<string, string> asked, string answer) =>
        GetAsync($"{asked["redirect_uri"]}?{answer}&state={asked["state"]}");

    private static Task<HttpResponseMessage> GetAsync(string url) => Browser.GetAsync(new Uri(url));

    private static Dictionary<string, string> Asked(Uri page) => Fields(page.Query);

    private static Dictionary<string, string> Fields(string form) =>
        QueryHelpers.ParseQuery(form).ToDictionary(field => field.Key, field => field.Value.Single()!);

    private static string IdToken(string? nonce) =>
        string.Join(
            '.',
            Part("""{"alg":"ES256","kid":"k1"}"""u8),
            Part(
                JsonSerializer.SerializeToUtf8Bytes(
                    nonce is null ? (object)new { sub = "a" } : new { sub = "a", nonce }
                )
            ),
            Part(new byte[64])
        );

    private static string Part(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);
}
