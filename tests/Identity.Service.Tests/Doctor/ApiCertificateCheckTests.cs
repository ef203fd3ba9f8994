using Culvert.Identity.Service.Certificates.ServiceCertificates;
using Culvert.Identity.Service.Doctor;
using Culvert.Platform.Doctor;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Doctor;

public sealed class ApiCertificateCheckTests : IDisposable
{
    private readonly ServiceScene scene = new();
    private readonly TestPki pki = new();

    public void Dispose() => scene.Dispose();

    [Fact]
    public void Run_ForOurName_Passes() => Run().Status.ShouldBe(DoctorStatus.Pass);

    [Fact]
    public void Run_FromThePlatform_DoesNotApply() =>
        new ApiCertificateCheck().Run(scene.Facts()).Status.ShouldBe(DoctorStatus.Skip);

    [Fact]
    public void Run_ForAnotherName_Fails() => Run(name: "other.test").Summary.ShouldBe("It is not for identity.test.");

    [Theory]
    [InlineData(73, DoctorStatus.Pass)]
    [InlineData(71, DoctorStatus.Fail)]
    [InlineData(-1, DoctorStatus.Fail)]
    public void Run_ItsEnd_OnBothSidesOfThreeDays(int hours, DoctorStatus expected) =>
        Run(hours: hours).Status.ShouldBe(expected);

    [Fact]
    public void Run_KeyOpenToOthers_Fails() =>
        Run(mode: (UnixFileMode)0b110_100_100).Summary.ShouldContain("chmod 600");

    private DoctorFinding Run(
        string name = "identity.test",
        int hours = 1000,
        UnixFileMode mode = (UnixFileMode)0b110_000_000
    )
    {
        var leaf = pki.Issue(
            dnsNames: [name],
            usages: [TestPki.ServerAuthentication],
            notBefore: scene.Now.AddHours(-24),
            notAfter: scene.Now.AddHours(hours)
        );
        var facts = scene.Facts();
        var files = new Culvert.Identity.Service.Certificates.ServiceCertificates.CertificatePair(
            scene.Write("api.pem", leaf.ExportCertificatePem()),
            scene.Write(
                "api.key",
                System
                    .Security.Cryptography.X509Certificates.ECDsaCertificateExtensions.GetECDsaPrivateKey(leaf)!
                    .ExportPkcs8PrivateKeyPem(),
                mode
            )
        );
        return new ApiCertificateCheck().Run(facts with { Options = facts.Options with { ApiCertificate = files } });
    }
}
