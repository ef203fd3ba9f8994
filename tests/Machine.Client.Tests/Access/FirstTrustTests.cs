using Culvert.Machine.Client.Access;
using Culvert.Machine.Client.Calls;
using Culvert.Machine.Client.Tests.Support;
using Culvert.Platform.Certificates;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Culvert.Machine.Client.Tests.Access;

/// <summary>S7: who may vouch for the service before anything is shared with it.</summary>
public sealed class FirstTrustTests : IAsyncLifetime
{
    private readonly FakeTimeProvider time = new();
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("culvert-test-");
    private FakeService service = null!;

    public async ValueTask InitializeAsync() => service = await FakeService.StartAsync(time);

    public async ValueTask DisposeAsync()
    {
        await service.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Pin_OfThePlatformRoot_VerifiesANewConnection()
    {
        var result = await Exchange(Options() with { CaSha256 = CertificateNames.Fingerprint(service.Platform.Root) });

        result.IsSuccess.ShouldBeTrue();
        var (fetch, exchange) = (
            service.Of("/v1/platform_ca").ShouldHaveSingleItem(),
            service.Of("/v1/oauth/token")[0]
        );
        exchange.ConnectionId.ShouldNotBe(fetch.ConnectionId);
    }

    // Nothing else is sent on the unverified connection.
    [Fact]
    public async Task Pin_FetchOfTheRoot_CarriesNoSecret()
    {
        await Exchange(Options() with { CaSha256 = CertificateNames.Fingerprint(service.Platform.Root) });

        var fetch = service.Of("/v1/platform_ca")[0];
        (fetch.Bearer, fetch.Body, fetch.Query).ShouldBe(("", "", ""));
        service.Requests.Count(r => r.ConnectionId == fetch.ConnectionId).ShouldBe(1);
    }

    [Fact]
    public async Task Pin_OfAnotherRoot_SendsNothing()
    {
        var other = CertificateNames.Fingerprint(new TestPki().Root);

        var result = await Exchange(Options() with { CaSha256 = other });

        result.Failure!.Kind.ShouldBe(ApiFailureKind.Untrusted);
        result.Failure.Message.ShouldContain(other);
        result.Failure.Message.ShouldContain(CertificateNames.Fingerprint(service.Platform.Root));
        service.Count("/v1/oauth/token").ShouldBe(0);
    }

    // An attacker in between can serve the right root, and still has no certificate of it.
    [Fact]
    public async Task Pin_RootOfAnotherServer_SendsNothing()
    {
        await using var impostor = await FakeService.StartAsync(time);
        impostor.Intercept = async (request, context) =>
        {
            if (request.Path == "/v1/platform_ca")
            {
                var pem = service.Platform.RootPem.Replace("\n", "\\n");
                await context.Response.WriteAsync(
                    $$"""{"type":"platform_ca","trust_domain":"id.test","certificate_pem":"{{pem}}","sha256":""}"""
                );
            }

            return request.Path == "/v1/platform_ca";
        };

        var result = await Exchange(
            Options() with
            {
                Url = impostor.ApiUrl,
                CaSha256 = CertificateNames.Fingerprint(service.Platform.Root),
            }
        );

        result.Failure!.Kind.ShouldBe(ApiFailureKind.Untrusted);
        impostor.Count("/v1/oauth/token").ShouldBe(0);
    }

    // Before the fingerprint is compared the peer may be anyone; URLs in its certificate are not followed.
    [Fact]
    public async Task Pin_StrangerNamesAnIssuerUrl_IsNotFollowed()
    {
        using var trap = new IssuerUrlTrap();
        var serving = trap.ServeAsync(TestContext.Current.CancellationToken);

        var result = await Exchange(
            Options() with
            {
                Url = trap.Url,
                CaSha256 = CertificateNames.Fingerprint(service.Platform.Root),
            }
        );

        result.IsSuccess.ShouldBeFalse();
        await serving;
        trap.IsSprung.ShouldBeFalse();
    }

    [Fact]
    public async Task File_WithTheRoot_IsEnough() =>
        (await Exchange(Options() with { CaFile = Write(service.Platform.RootPem) })).IsSuccess.ShouldBeTrue();

    [Fact]
    public async Task File_WithAnotherRoot_SendsNothing()
    {
        var result = await Exchange(Options() with { CaFile = Write(new TestPki().RootPem) });

        result.Failure!.Kind.ShouldBe(ApiFailureKind.Untrusted);
        service.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task File_Unreadable_IsAFailureThatNamesIt()
    {
        var path = Write("nothing");

        (await Exchange(Options() with { CaFile = path })).Failure!.Message.ShouldContain(path);
    }

    [Fact]
    public async Task Neither_PrivateCa_IsNotTrusted()
    {
        var result = await Exchange(Options());

        result.Failure!.Kind.ShouldBe(ApiFailureKind.Untrusted);
        service.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task File_RightCaForAnotherName_SendsNothing()
    {
        var url = new Uri($"https://localhost:{service.ApiUrl.Port}");

        var result = await Exchange(Options() with { Url = url, CaFile = Write(service.Platform.RootPem) });

        result.Failure!.Kind.ShouldBe(ApiFailureKind.Untrusted);
        service.Requests.ShouldBeEmpty();
    }

    private IdentityOptions Options() =>
        new()
        {
            Url = service.ApiUrl,
            OrganizationId = "org",
            RuleId = "fdrl_1",
        };

    private string Write(string pem)
    {
        var path = Path.Combine(folder.FullName, "ca.pem");
        File.WriteAllText(path, pem);
        return path;
    }

    private async Task<ApiResult<TokenResponse>> Exchange(IdentityOptions options)
    {
        var trust = new FirstTrust(options, time, TimeProvider.System);
        var client = new IdentityClient(options, trust, time, TimeProvider.System);
        return await client.ExchangeAsync("a.b.c", BindingKey.Create(), TestContext.Current.CancellationToken);
    }
}
