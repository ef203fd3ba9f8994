using Culvert.Platform.Doctor;
using Culvert.Tunnel.Agent.Doctor.Certificates;

namespace Culvert.Tunnel.Agent.Tests.Doctor.Certificates;

public sealed class CaFilesCheckTests : IDisposable
{
    private readonly DoctorScene scene = new();

    public void Dispose() => scene.Dispose();

    [Fact]
    public void Run_CurrentAuthority_PassesAndSaysUntilWhen()
    {
        var finding = FileChecks.CheckCaFiles(scene.Facts());

        finding.Status.ShouldBe(DoctorStatus.Pass);
        finding.Evidence.ShouldHaveSingleItem().ShouldStartWith("identity.ca_file: CN=Platform root, until 2035-");
    }

    [Fact]
    public void Run_NoneConfigured_CannotTell() =>
        FileChecks.CheckCaFiles(scene.Facts(identity: "# none")).Status.ShouldBe(DoctorStatus.Skip);

    [Fact]
    public void Run_FileThatOthersMayWrite_Fails()
    {
        scene.Write("ca.pem", scene.Platform.RootPem, (UnixFileMode)0b110_110_100);

        Failed(scene.Facts()).Summary.ShouldContain("can be written by others");
    }

    [Fact]
    public void Run_FileIsGone_Fails()
    {
        var facts = scene.Facts();
        File.Delete(scene.PathOf("ca.pem"));

        Failed(facts).Summary.ShouldStartWith("identity.ca_file: ");
    }

    [Fact]
    public void Run_EveryAuthorityEnded_Fails() =>
        Failed(scene.Facts() with { Now = scene.Now.AddDays(4000) })
            .Summary.ShouldContain("every certificate in it has expired");

    [Fact]
    public void Run_LeafInPlaceOfAnAuthority_Fails()
    {
        scene.Write("ca.pem", scene.Leaf().Certificate.ExportCertificatePem());

        Failed(scene.Facts()).Summary.ShouldContain("is not a certificate authority");
    }

    [Fact]
    public void Run_PinOfAnotherRoot_FailsAndShowsTheOneInForce()
    {
        var pin = new string('a', 64);
        var finding = Failed(scene.Facts(identity: $"ca_sha256: {pin}"));

        finding.Summary.ShouldContain(pin);
        finding.Evidence.ShouldContain(
            $"platform root in force: {Culvert.Platform.Certificates.CertificateNames.Fingerprint(scene.Platform.Root)}"
        );
    }

    private static DoctorFinding Failed(CertificateFacts facts)
    {
        var finding = FileChecks.CheckCaFiles(facts);
        finding.Status.ShouldBe(DoctorStatus.Fail);
        finding.Next.ShouldNotBeEmpty();
        return finding;
    }
}
