using Culvert.Identity.Service.Certificates.ServiceCertificates;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.ServiceCertificates;

public sealed class ServiceCertificateRenewalTests
{
    [Fact]
    public async Task Run_TwoThirdsOfLifeGone_BothPortsPresentNewCertificates()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        var certificates = service.Get<IApiCertificate>();
        var (api, machine) = (certificates.Api.TargetCertificate, certificates.Machine.TargetCertificate);

        await Until(
            service,
            () =>
                certificates.Api.TargetCertificate.SerialNumber != api.SerialNumber
                && certificates.Machine.TargetCertificate.SerialNumber != machine.SerialNumber
        );

        (service.Time.GetUtcNow() - api.NotAfter.ToUniversalTime()).ShouldBeLessThan(TimeSpan.FromMinutes(-14));
    }

    [Fact]
    public async Task Run_ConfiguredPair_IsServedAndReadAgainWhenItChanges()
    {
        var folder = Directory.CreateTempSubdirectory("culvert-pair-").FullName;
        var pair = new CertificatePair(Path.Combine(folder, "tls.crt"), Path.Combine(folder, "tls.key"));
        var first = Write(pair, age: TimeSpan.FromMinutes(1));
        await using var service = await ServiceUnderTest.StartAsync(options: o => o with { ApiCertificate = pair });
        var certificates = service.Get<IApiCertificate>();
        certificates.Api.TargetCertificate.SerialNumber.ShouldBe(first);

        var second = Write(pair, age: TimeSpan.Zero);
        await Until(service, () => certificates.Api.TargetCertificate.SerialNumber != first);

        certificates.Api.TargetCertificate.SerialNumber.ShouldBe(second);
        Directory.Delete(folder, recursive: true);
    }

    // The loop runs in parallel to the test: the test advances the clock in small steps until the effect shows.
    private static Task Until(ServiceUnderTest service, Func<bool> reached) =>
        Eventually.UntilAsync(
            reached,
            TestContext.Current.CancellationToken,
            () => service.Time.Advance(TimeSpan.FromSeconds(1))
        );

    private static string Write(CertificatePair pair, TimeSpan age)
    {
        var context = new SelfSignedApiCertificate().Api.TargetCertificate;
        File.WriteAllText(pair.CertificateFile, context.ExportCertificatePem() + "\n");
        File.WriteAllText(
            pair.KeyFile,
            System
                .Security.Cryptography.X509Certificates.ECDsaCertificateExtensions.GetECDsaPrivateKey(context)!
                .ExportPkcs8PrivateKeyPem()
        );
        File.SetLastWriteTimeUtc(pair.CertificateFile, (TimeProvider.System.GetUtcNow() - age).UtcDateTime);
        return context.SerialNumber;
    }
}
