using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Tests.Commands;
using Culvert.Identity.Cli.Tests.Harness;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Cli.Tests.Api;

public sealed class ServerTrustTests : CommandTest
{
    private const string EmptyList = """{"data":[],"next_page":null}""";

    private static string PlatformCa =>
        JsonSerializer.Serialize(
            new { type = "platform_ca", certificate_pem = TestCertificates.Shared.Root.ExportCertificatePem() }
        );

    [Fact]
    public async Task NoRoots_UnknownIssuer_IsUnreachableAndNoKeyWasSent()
    {
        Stage.Variables.Remove(SettingVariables.CaFile);

        var run = await Stage.RunAsync("tunnel", "list");

        run.ExitCode.ShouldBe(ExitCode.Unreachable);
        run.Error.ShouldContain(SettingVariables.CaFile);
        Service.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task CaFile_OtherRoot_IsUnreachable()
    {
        Stage.Variables[SettingVariables.CaFile] = Stage.Write(
            "other.pem",
            TestCertificates.OtherRoot().ExportCertificatePem()
        );

        (await Stage.RunAsync("tunnel", "list")).ExitCode.ShouldBe(ExitCode.Unreachable);
        Service.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("no PEM at all")]
    [InlineData("")]
    public async Task CaFile_Unusable_IsConfiguration(string content)
    {
        Stage.Variables[SettingVariables.CaFile] = Stage.Write("bad.pem", content);

        var run = await Stage.RunAsync("tunnel", "list");

        run.ExitCode.ShouldBe(ExitCode.Configuration);
        run.Error.ShouldContain("bad.pem");
    }

    [Fact]
    public async Task Name_NotInTheCertificate_IsUnreachable()
    {
        var url = $"https://127.0.0.2:{Service.Url.Port}";

        var run = await Stage.RunAsync("tunnel", "list", "--url", url);

        run.ExitCode.ShouldBe(ExitCode.Unreachable);
        Service.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Pin_OfTheRoot_FetchesItWithoutCredentialThenWorks()
    {
        Service.On("GET /v1/platform_ca", PlatformCa).On("GET /v1/tunnels", EmptyList);

        var run = await Stage.RunAsync("tunnel", "list", "--ca-sha256", TestCertificates.Shared.RootSha256);

        run.ExitCode.ShouldBe(0, run.Error);
        Service.Requests.Select(r => r.Target).ShouldBe(["/v1/platform_ca", "/v1/tunnels"]);
        Service.Requests[0].Headers.Keys.ShouldNotContain("authorization");
    }

    [Fact]
    public async Task Pin_OfARootBeforeThePresentOne_IsFoundAmongThoseOffered()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var present = new CertificateRequest("CN=next", key, HashAlgorithmName.SHA256).CreateSelfSigned(
            DateTimeOffset.UnixEpoch,
            DateTimeOffset.UnixEpoch.AddYears(100)
        );
        var offered = present.ExportCertificatePem() + "\n" + TestCertificates.Shared.Root.ExportCertificatePem();
        Service
            .On("GET /v1/platform_ca", JsonSerializer.Serialize(new { certificate_pem = offered }))
            .On("GET /v1/tunnels", EmptyList);

        var run = await Stage.RunAsync("tunnel", "list", "--ca-sha256", TestCertificates.Shared.RootSha256);

        run.ExitCode.ShouldBe(0, run.Error);
    }

    [Fact]
    public async Task Pin_OfAnotherRoot_StopsBeforeTheKeyIsSent()
    {
        Service.On("GET /v1/platform_ca", PlatformCa);

        var run = await Stage.RunAsync("tunnel", "list", "--ca-sha256", new string('0', 64));

        run.ExitCode.ShouldBe(ExitCode.Unreachable);
        run.Error.ShouldContain(TestCertificates.Shared.RootSha256);
        Service.Requests.Count.ShouldBe(1);
    }

    [Theory] // the peer chooses the content of its certificate: the CLI does not follow URLs in it
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stranger_NamesAnIssuerUrl_IsNotFollowed(bool pinned)
    {
        Stage.Variables.Remove(SettingVariables.CaFile);
        using var trap = new IssuerUrlTrap();
        var serving = trap.ServeAsync(TestContext.Current.CancellationToken);
        string[] pin = pinned ? ["--ca-sha256", TestCertificates.Shared.RootSha256] : [];

        var run = await Stage.RunAsync(["tunnel", "list", "--url", trap.Url.ToString(), .. pin]);

        run.ExitCode.ShouldBe(ExitCode.Unreachable);
        await serving;
        trap.IsSprung.ShouldBeFalse();
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("nonsense")]
    [InlineData("""{"certificate_pem":"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"}""")]
    public async Task Pin_NoRootServed_IsUnreachable(string body)
    {
        Service.OnAny("GET /v1/platform_ca", body);

        var run = await Stage.RunAsync("tunnel", "list", "--ca-sha256", TestCertificates.Shared.RootSha256);

        run.ExitCode.ShouldBe(ExitCode.Unreachable);
        run.Error.ShouldContain("does not serve a platform root");
    }

    [Theory]
    [InlineData("abcd")]
    [InlineData("zz")]
    public async Task Pin_NoSha256_IsUsage(string pin) =>
        (await Stage.RunAsync("tunnel", "list", "--ca-sha256", pin)).ExitCode.ShouldBe(ExitCode.Usage);

    [Fact]
    public async Task Proxy_InTheEnvironment_IsIgnored()
    {
        Service.On("GET /v1/tunnels", EmptyList);
        // Read by HttpClient from the process, once: harmless to other tests because none may use a proxy.
        Environment.SetEnvironmentVariable("HTTPS_PROXY", "http://127.0.0.1:9");

        (await Stage.RunAsync("tunnel", "list")).ExitCode.ShouldBe(0);
    }
}
