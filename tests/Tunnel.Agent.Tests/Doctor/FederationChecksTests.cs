using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using Culvert.Machine.Client.Access;
using Culvert.Machine.Client.Calls;
using Culvert.Machine.Client.Doctor;
using Culvert.Machine.Client.Tests.Support;
using Culvert.Machine.Client.Tokens;
using Culvert.Platform.Doctor;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Commands;
using Microsoft.AspNetCore.Http;

namespace Culvert.Tunnel.Agent.Tests.Doctor;

/// <summary>Each hop broken on its own: the check that names it fails, those that rest on it are skipped.</summary>
public sealed class FederationChecksTests : IAsyncLifetime
{
    private const string Audience = "https://identity.example.com:8443";

    private readonly FakeTimeProvider time = new();
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("culvert-test-");
    private readonly JsonObject claims = [];
    private FakeService service = null!;
    private string scope = "tunnel:agent";
    private string pin = "";
    private string[] command = [];
    private TimeSpan serviceClock = TimeSpan.Zero;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string TokenFile => Path.Combine(folder.FullName, "token");

    private string CaFile => Path.Combine(folder.FullName, "ca.pem");

    public async ValueTask InitializeAsync()
    {
        service = await FakeService.StartAsync(time);
        service.Intercept = AnswerAsync;
        await File.WriteAllTextAsync(CaFile, service.Platform.RootPem);
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        claims["iss"] = "https://idp.test";
        claims["sub"] = "repo:acme/api:ref:refs/heads/main";
        claims["aud"] = Audience;
        claims["iat"] = now;
        claims["exp"] = now + 300;
    }

    public async ValueTask DisposeAsync()
    {
        await service.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Run_EverythingWorks_PassesEachCheckInOrder()
    {
        var report = await RunAsync();

        report.Checks.Select(c => c.Id).ShouldBe(FederationChecks.Ids);
        report.Checks.ShouldAllBe(c => c.Status == DoctorStatus.Pass);
        report.ToText().ShouldEndWith("RESULT PASS");
    }

    [Fact]
    public async Task Run_NoToken_FailsThereAndStillLooksAtTheService()
    {
        await File.WriteAllTextAsync(TokenFile, "", Token);

        (await StatusesAsync(write: false)).ShouldBe("FAIL SKIP SKIP PASS PASS SKIP SKIP");
    }

    [Fact]
    public async Task Run_TokenThatIsNoJwt_DoesNotShowIt()
    {
        await File.WriteAllTextAsync(TokenFile, "hunter2-hunter2.hunter2-hunter2", Token);

        var report = await RunAsync(write: false);

        report.Failed.ShouldBe(["identity_token"]);
        report.ToText().ShouldNotContain("hunter2-hunter2");
    }

    [Theory]
    [InlineData("https://identity.example.com:8443/", "a final slash")]
    [InlineData("identity.example.com:8443", "scheme")]
    [InlineData("https://Identity.example.com:8443", "letter case")]
    [InlineData("sts.amazonaws.com", "default audience")]
    [InlineData("api://AzureADTokenExchange", "default audience")]
    [InlineData("https://elsewhere.example.com", "A token for another service")]
    public async Task Run_OtherAudience_SaysInWhichWay(string audience, string expected)
    {
        claims["aud"] = audience;

        var check = await FailedAsync("identity_audience");

        check.Why.ShouldContain(expected);
        check.Evidence.ShouldBe([$"aud: {audience}"]);
    }

    [Fact]
    public async Task Run_SeveralAudiences_OneOfThemOurs_Passes()
    {
        claims["aud"] = new JsonArray("other", Audience);

        (await RunAsync()).Result.ShouldBe("PASS");
    }

    [Theory]
    [InlineData(-29, 0, null)]
    [InlineData(-30, 0, "expired 30 s ago")]
    [InlineData(300, 30, null)]
    [InlineData(300, 31, "issued in the future")]
    public async Task Run_Times_OnBothSidesOfTheLeeway(int ends, int begins, string? expected)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        claims["exp"] = now + ends;
        claims["iat"] = now + begins;

        var check = (await RunAsync()).Checks.Single(c => c.Id == "identity_lifetime");

        check.Status.ShouldBe(expected is null ? DoctorStatus.Pass : DoctorStatus.Fail);
        check.Summary.ShouldContain(expected ?? "expires in");
    }

    [Fact]
    public async Task Run_OtherCa_SaysThatTheServiceIsNotTrusted()
    {
        await File.WriteAllTextAsync(CaFile, service.Tunnel.RootPem, Token);

        var check = await FailedAsync("identity_service");

        check.Summary.ShouldContain("is not trusted");
        check.Next.Single().ShouldContain(CaFile);
        check.Next.Single().ShouldContain("culvert platform-root show");
        (await StatusesAsync()).ShouldBe("PASS PASS PASS FAIL SKIP SKIP SKIP");
    }

    [Fact]
    public async Task Run_OtherPin_NamesBothAndWhatPrintsTheRightOne()
    {
        pin = new string('0', 64);

        var check = await FailedAsync("identity_service");

        check.Summary.ShouldContain(pin);
        check.Next.ShouldBe([
            "Compare identity.ca_sha256 with the platform root that an administrator's `culvert platform-root show` prints, and correct it.",
        ]);
    }

    [Fact]
    public async Task Run_NothingListens_SaysToStartTheService()
    {
        await service.DisposeAsync();

        var check = await FailedAsync("identity_service");

        check.Summary.ShouldEndWith("Connection refused");
        check
            .Next.Single()
            .ShouldStartWith($"No program listens at {service.ApiUrl.Authority}: start the identity service");
    }

    [Fact]
    public async Task Run_TokenCommandFails_ShowsWhatItSaidAndPointsAtTheProvider()
    {
        command =
        [
            "sh",
            "-c",
            "echo 'connect ECONNREFUSED 127.0.0.1:9' >&2; echo 'secret=hunter2-hunter2' >&2; exit 1",
        ];

        var check = await FailedAsync("identity_token");

        check.Summary.ShouldBe("The identity token's command sh exited with status 1; run it manually to see why.");
        check.Evidence.ShouldBe(["it said: connect ECONNREFUSED 127.0.0.1:9", "it said: secret=[redacted]"]);
        check.Next.ShouldBe([
            "Check that the identity provider runs and is reachable from this machine: sh gets the token from it.",
        ]);
    }

    [Theory]
    [InlineData(30, true)]
    [InlineData(-30, true)]
    [InlineData(31, false)]
    [InlineData(-31, false)]
    public async Task Run_ClockOfTheService_MayDifferByTheLeeway(int seconds, bool passes)
    {
        serviceClock = TimeSpan.FromSeconds(seconds);

        var check = (await RunAsync()).Checks.Single(c => c.Id == "clock");

        check.Status.ShouldBe(passes ? DoctorStatus.Pass : DoctorStatus.Fail);
        check.Summary.ShouldContain($"{seconds} s");
    }

    [Fact]
    public async Task Run_Denied_GivesTheCommandThatExplainsIt()
    {
        service.Intercept = async (request, context) =>
        {
            context.Response.Headers.Date = time.GetUtcNow().ToString("R");
            if (request.Path == "/v1/oauth/token")
            {
                await FakeService.RefuseAsync(context, 401, "auth.failed", "Authentication failed");
                return true;
            }

            return await AnswerAsync(request, context);
        };

        var check = await FailedAsync("token_exchange");

        check.Next.ShouldBe(["Ask an administrator to run: culvert explain req_1"]);
        (await StatusesAsync()).ShouldBe("PASS PASS PASS PASS PASS FAIL SKIP");
    }

    [Fact]
    public async Task Run_ScopeWithoutEnrolment_Fails()
    {
        scope = "workspace:manage_tunnels tunnel:agents";

        (await FailedAsync("token_scope")).Next[0].ShouldContain("tunnel:agent");
    }

    [Fact]
    public async Task Run_ManualMode_ChecksTheServiceAlone()
    {
        (await StatusesAsync(mode: IdentityMode.Manual)).ShouldBe("SKIP SKIP SKIP SKIP SKIP PASS PASS");
    }

    [Fact]
    public async Task TokenText_ShowsClaimsButNothingThatCanBeUsed()
    {
        claims["note"] = "\u001b[31mred\u202e";
        var (source, token) = (Source(), Jwt());
        var shown = TokenCommand.WriteText(source, TokenInspection.Read(token)!, time.GetUtcNow());

        shown.ShouldContain("\"repo:acme/api:ref:refs/heads/main\"");
        shown.ShouldContain("in 300 s)");
        shown.ShouldNotContain("\u001b");
        shown.ShouldNotContain(token.Split('.')[2]);
        var json = JsonNode.Parse(TokenCommand.WriteJson(source, TokenInspection.Read(token)!))!;
        json["claims"]!["aud"]!.GetValue<string>().ShouldBe(Audience);
        json["header"]!["kid"]!.GetValue<string>().ShouldBe("k1");
        json.ToJsonString().ShouldNotContain(token.Split('.')[2]);
        await Task.CompletedTask;
    }

    private async Task<DoctorFinding> FailedAsync(string id)
    {
        var report = await RunAsync();
        report.Failed.ShouldBe([id]);
        report.ToText().ShouldContain($"FAILED_CHECKS {id}");
        return report.Checks.Single(c => c.Id == id);
    }

    private async Task<string> StatusesAsync(bool write = true, IdentityMode mode = IdentityMode.Automatic) =>
        string.Join(' ', (await RunAsync(write, mode)).Checks.Select(c => c.Status.ToString().ToUpperInvariant()));

    private async Task<DoctorReport> RunAsync(bool write = true, IdentityMode mode = IdentityMode.Automatic)
    {
        if (write)
        {
            await File.WriteAllTextAsync(TokenFile, Jwt(), Token);
        }

        var options = new IdentityOptions
        {
            Url = service.ApiUrl,
            CaFile = pin.Length > 0 ? "" : CaFile,
            CaSha256 = pin,
            Mode = mode,
            OrganizationId = "org",
            RuleId = "fdrl_1",
            Token = TokenOptions,
        };
        var client = new IdentityClient(options, new FirstTrust(options, time), time);
        var checks = new FederationChecks(
            options,
            Source(),
            client,
            BindingKey.Create(),
            "tunnel:agent",
            "tunnel",
            time
        );
        return new DoctorReport(Checks: await checks.RunAsync(Token));
    }

    private IdentityTokenOptions TokenOptions =>
        new()
        {
            File = command.Length > 0 ? "" : TokenFile,
            Command = command,
            Audience = Audience,
        };

    private IdentityTokenSource Source() => new(TokenOptions, time);

    private string Jwt() =>
        $"{Encode("""{"alg":"RS256","kid":"k1","typ":"JWT"}""")}.{Encode(claims.ToJsonString())}.c2ln";

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private async Task<bool> AnswerAsync(RecordedRequest request, HttpContext context)
    {
        context.Response.Headers.Date = (time.GetUtcNow() + serviceClock).ToString("R");
        if (request.Path == "/v1/oauth/token")
        {
            await context.Response.WriteAsync(
                $$"""{"access_token":"a","token_type":"Bearer","expires_in":900,"scope":"{{scope}}"}"""
            );
            return true;
        }

        if (request.Path == "/healthz")
        {
            await context.Response.WriteAsync("""{"status":"ok"}""");
            return true;
        }

        return false;
    }
}
