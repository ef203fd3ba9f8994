using System.Security.Cryptography;
using Culvert.Identity.Cli.Hosting;
using Culvert.Machine.Client.Providers;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Culvert.Identity.Cli.Tests.Commands.Provider;

/// <summary>Each refusal of a provider keeps its words and its code, and says what comes next.</summary>
public sealed class ProviderRefusalTests : ProviderTest
{
    private const string Tunnels = "POST /v1/tunnels";
    private const string Token = "POST /v1/oauth/token";

    [Theory]
    [InlineData(
        400,
        "invalid_request_error",
        "Bad.",
        "organization_not_enrolled_in_beta",
        ExitCode.Refused,
        "enable tunnels"
    )]
    [InlineData(
        401,
        "authentication_error",
        "Authentication failed",
        null,
        ExitCode.Refused,
        "ended the token at once"
    )]
    [InlineData(403, "permission_error", "Missing scope", null, ExitCode.Refused, "workspace:manage_tunnels")]
    [InlineData(403, "permission_error", "No egress", "sandbox_egress_restricted", ExitCode.Refused, "allows changes")]
    [InlineData(404, "not_found_error", "Not found", null, ExitCode.Refused, "--provider-workspace")]
    [InlineData(409, "conflict_error", "Conflict", null, ExitCode.Refused, "repeat the command")]
    [InlineData(413, "request_too_large", "Too large", null, ExitCode.Refused, "issue a CA certificate")]
    [InlineData(422, "invalid_request_error", "Unprocessable", null, ExitCode.Refused, "support")]
    [InlineData(429, "rate_limit_error", "Slow down", null, ExitCode.TryAgain, "repeat the command later")]
    [InlineData(500, "api_error", "Internal server error", null, ExitCode.TryAgain, "repeat the command later")]
    [InlineData(503, "api_error", "Unavailable", null, ExitCode.TryAgain, "repeat the command later")]
    [InlineData(504, "timeout_error", "Timed out", null, ExitCode.TryAgain, "repeat the command later")]
    [InlineData(529, "overloaded_error", "Overloaded", null, ExitCode.TryAgain, "repeat the command later")]
    public async Task Refusal_OfACreate_IsReportedAsItCame(
        int status,
        string type,
        string message,
        string? code,
        int exitCode,
        string next
    )
    {
        // A 401 is tried once more with a fresh token.
        Provider.Refuse(Tunnels, status, type, message, code, times: status == 401 ? 2 : 1);

        var run = await SetupAsync();

        run.ExitCode.ShouldBe(exitCode);
        run.Error.ShouldContain($"culvert provider setup: {message} ({code ?? type})");
        run.Error.ShouldContain($"{Tunnels} answered {status}");
        run.Error.ShouldContain(next);
        run.Error.ShouldContain("request id: req_01provider");
        run.Out.ShouldBeEmpty();
        // A create is never repeated blindly.
        Provider.Requests.Count(r => r.ToString() == Tunnels).ShouldBe(status == 401 ? 2 : 1);
    }

    [Fact]
    public async Task Refusal_TenTunnels_SaysItsWordsAndNamesTheFlag()
    {
        for (var i = 0; i < 10; i++)
        {
            Provider.AddTunnel($"other {i}");
        }

        var run = await SetupAsync();

        run.ExitCode.ShouldBe(ExitCode.Refused);
        run.Error.ShouldContain(
            "Organization already has the maximum of 10 non-archived Tunnels (invalid_request_error)"
        );
        run.Error.ShouldContain("--tunnel-id");
    }

    // Someone was faster than this run: it had seen a free slot.
    [Fact]
    public async Task Refusal_ThirdCa_SaysItsWords()
    {
        var tunnel = Provider.AddTunnel("culvert")["id"]!.GetValue<string>();
        Provider.Script(
            $"GET /v1/tunnels/{tunnel}/certificates",
            async context =>
            {
                Provider.AddCertificate(tunnel, NewCa(TimeSpan.FromDays(9), "one"));
                Provider.AddCertificate(tunnel, NewCa(TimeSpan.FromDays(9), "two"));
                await ProviderDouble.WriteAsync(context, 200, """{"data":[],"next_page":null}""");
            }
        );

        var run = await SetupAsync();

        run.ExitCode.ShouldBe(ExitCode.Refused);
        run.Error.ShouldContain("A tunnel has at most two CA certificates (invalid_request_error)");
    }

    [Theory] // the rules of a CA certificate, as the provider names them
    [InlineData("BasicConstraints must be critical with CA:TRUE")]
    [InlineData("SubjectKeyIdentifier is missing")]
    [InlineData("KeyUsage must include keyCertSign")]
    [InlineData("RSA keys need at least 2048 bits")]
    [InlineData("The certificate has expired")]
    public async Task Refusal_OfACa_SaysTheRule(string message)
    {
        var tunnel = Provider.AddTunnel("culvert")["id"]!.GetValue<string>();
        Provider.Refuse($"POST /v1/tunnels/{tunnel}/certificates", 400, "invalid_request_error", message);

        var run = await SetupAsync();

        run.ExitCode.ShouldBe(ExitCode.Refused);
        run.Error.ShouldContain($"{message} (invalid_request_error)");
        run.Error.ShouldContain("issue a CA certificate that follows the rule");
    }

    [Fact]
    public async Task Exchange_Denied_IsOpaqueAndPointsAtTheHistory()
    {
        var run = await SetupAsync("--rule", "fdrl_01anotherrule");

        run.ExitCode.ShouldBe(ExitCode.Refused);
        run.Error.ShouldContain("Authentication failed (authentication_error)");
        run.Error.ShouldContain("authentication history");
        run.Error.ShouldContain("--provider-workspace");
        Provider.Exchanges.ShouldBe(1);
    }

    [Fact]
    public async Task Exchange_IllFormedRule_SaysItsWords()
    {
        var run = await SetupAsync("--rule", "rule_1");

        run.ExitCode.ShouldBe(ExitCode.Refused);
        run.Error.ShouldContain("federation_rule_id is not a well-formed fdrl_ tagged ID (invalid_request_error)");
        run.Error.ShouldContain("check --rule");
    }

    [Fact]
    public async Task Exchange_RefusalOfRfc6749_IsUnderstood()
    {
        Provider.Script(
            Token,
            context =>
                ProviderDouble.WriteAsync(
                    context,
                    400,
                    $$"""{"error":"invalid_grant","error_description":"The assertion {{Assertion}} is not valid"}"""
                )
        );

        var run = await SetupAsync();

        run.ExitCode.ShouldBe(ExitCode.Refused);
        run.Error.ShouldContain("The assertion [redacted] is not valid (invalid_grant)");
    }

    // A provider that repeats what it was sent must not put it into our output.
    [Fact]
    public async Task Refusal_ThatRepeatsTheToken_IsRedacted()
    {
        Provider.Refuse(Tunnels, 403, "permission_error", $"{ProviderDouble.AccessToken} lacks the scope");

        (await SetupAsync("--verbose")).Error.ShouldContain("[redacted] lacks the scope");
    }

    [Fact]
    public async Task Token_EndedEarly_IsReplacedOnce()
    {
        Provider.Refuse(Tunnels, 401, "authentication_error", "Authentication failed");

        var run = await SetupAsync();

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        Provider.Exchanges.ShouldBe(2);
    }

    [Fact]
    public async Task Wait_OfTheProvider_IsShown()
    {
        Provider.Script(
            "GET /v1/tunnels",
            context =>
            {
                context.Response.Headers.RetryAfter = "17";
                return ProviderDouble.WriteErrorAsync(context, 429, "rate_limit_error", "Slow down");
            }
        );

        var run = await SetupAsync();

        run.ExitCode.ShouldBe(ExitCode.TryAgain);
        run.Error.ShouldContain("repeat the command in 17 s");
    }

    [Fact]
    public async Task TokenType_OtherThanBearer_IsAnError()
    {
        Provider.TokenType = "mac";

        var run = await SetupAsync();

        run.ExitCode.ShouldBe(ExitCode.Failed);
        run.Error.ShouldContain("token_type is \"mac\"");
        Provider.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("<html>login</html>")]
    [InlineData("{}")]
    [InlineData("""{"data":[{"id":1}]}""")]
    public async Task Answer_OfAnotherProtocol_IsAnError(string body)
    {
        if (body == "{}")
        {
            Provider.Script(Token, context => ProviderDouble.WriteAsync(context, 200, body));
        }
        else
        {
            Provider.Script("GET /v1/tunnels", context => ProviderDouble.WriteAsync(context, 200, body));
        }

        var run = await SetupAsync();

        run.ExitCode.ShouldBe(ExitCode.Failed);
        run.Error.ShouldContain("check that --api-url is the provider's management API");
        Provider.Changes.ShouldBeEmpty();
    }

    [Fact]
    public async Task Answer_LongerThanAMebibyte_IsAnError()
    {
        Provider.Script(Token, context => ProviderDouble.WriteAsync(context, 200, new string(' ', (1024 * 1024) + 1)));

        (await SetupAsync()).Error.ShouldContain("longer than 1048576 bytes");
    }

    [Fact]
    public async Task Redirect_IsNotFollowed()
    {
        Provider.Script(
            Token,
            context =>
            {
                context.Response.Headers.Location = "/elsewhere";
                context.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
                return Task.CompletedTask;
            }
        );

        (await SetupAsync()).Error.ShouldContain("redirects are not followed");
        Provider.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("http://provider.test", false)]
    [InlineData("http://127.0.0.2", false)]
    [InlineData("ftp://127.0.0.1", false)]
    [InlineData("http://127.0.0.1:1", true)]
    [InlineData("http://localhost:1", true)]
    [InlineData("http://[::1]:1", true)]
    [InlineData("https://provider.test", true)]
    public void Url_WithoutTls_IsOnlyForThisMachine(string url, bool expected) =>
        ProviderClient.IsConfidential(new Uri(url)).ShouldBe(expected);

    [Theory]
    [InlineData("http://provider.test")]
    [InlineData("provider")]
    public async Task Setup_BadUrl_IsUsage(string url)
    {
        var run = await SetupAsync("--api-url", url);

        run.ExitCode.ShouldBe(ExitCode.Usage);
        run.Error.ShouldContain("https://");
    }

    [Fact]
    public async Task Setup_ServerWithoutTrust_SendsNothing()
    {
        var run = await SetupAsync(
            "--api-ca-file",
            Stage.Write("other.pem", Harness.TestCertificates.OtherRoot().ExportCertificatePem())
        );

        run.ExitCode.ShouldBe(ExitCode.Unreachable);
        run.Error.ShouldContain("--api-ca-file");
        Provider.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("absent", null)]
    [InlineData("token", "")]
    [InlineData("token", "not a token")]
    public async Task Setup_NoIdentityToken_Exits78(string name, string? content)
    {
        var file = content is null ? Path.Combine(Stage.Folder, name) : Stage.Write(name, content);

        var run = await SetupAsync("--token-file", file);

        run.ExitCode.ShouldBe(ExitCode.Configuration, run.Error);
        run.Error.ShouldContain("--token-file");
        Provider.Requests.ShouldBeEmpty();
    }

    [Theory] // 16 KiB is the most that a provider takes
    [InlineData(16 * 1024, true)]
    [InlineData((16 * 1024) + 1, false)]
    public async Task Setup_LongIdentityToken_IsNotSent(int length, bool isSent)
    {
        await SetupAsync("--token-file", Stage.Write("long", new string('a', length)));

        Provider.Requests.Any().ShouldBe(isSent);
    }

    [Fact]
    public async Task Setup_CaFileWithItsKey_IsRefusedBeforeAnythingIsSent()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var file = Stage.Write("both.pem", Ca.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());

        var run = await SetupOfAsync(["--ca-certificate", file]);

        run.ExitCode.ShouldBe(ExitCode.Configuration);
        run.Error.ShouldContain("it contains a private key");
        Provider.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Setup_CaFileOfTwoCertificatesOrNone_IsRefused()
    {
        foreach (var text in new[] { "", "text", Ca.ExportCertificatePem() + "\n" + Ca.ExportCertificatePem() })
        {
            var run = await SetupOfAsync(["--ca-certificate", Stage.Write("bad.pem", text)]);

            run.ExitCode.ShouldBe(ExitCode.Configuration);
            run.Error.ShouldContain("exactly one certificate");
        }
    }

    [Fact]
    public async Task Setup_NoCaOrTwoSources_IsUsage()
    {
        (await SetupOfAsync([])).ExitCode.ShouldBe(ExitCode.Usage);
        var run = await SetupAsync("--tunnel", "tnl_01culvert");

        run.ExitCode.ShouldBe(ExitCode.Usage);
        run.Error.ShouldContain("--tunnel, --ca-certificate");
        Provider.Requests.ShouldBeEmpty();
    }

    // It becomes a line of a file.
    [Fact]
    public async Task Tunnel_WithADomainThatIsNone_IsAnError()
    {
        Provider.AddTunnel("culvert")["domain"] = "x.example\n    key_file: /etc/shadow";

        var run = await SetupAsync();

        run.ExitCode.ShouldBe(ExitCode.Failed);
        run.Out.ShouldBeEmpty();
        Provider.Changes.ShouldBeEmpty();
    }
}
