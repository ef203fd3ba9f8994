using Culvert.Platform.Doctor;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Doctor.Certificates;

namespace Culvert.Tunnel.Agent.Tests.Doctor.Certificates;

public sealed class LeafFilesCheckTests : IDisposable
{
    private readonly DoctorScene scene = new();

    public void Dispose() => scene.Dispose();

    [Fact]
    public async Task Run_PairInOrder_Passes()
    {
        (await RunAsync(WritePair())).Status.ShouldBe(DoctorStatus.Pass);
    }

    [Fact]
    public void Run_LeafFromTheService_DoesNotApply() =>
        LeafChecks.CheckFiles(scene.Facts()).Status.ShouldBe(DoctorStatus.Skip);

    [Fact]
    public async Task Run_KeyOpenToOthers_FailsWithTheCommandThatMendsIt()
    {
        var certificates = WritePair();
        File.SetUnixFileMode(scene.PathOf("leaf.key"), (UnixFileMode)0b110_100_000);

        (await RunAsync(certificates)).Summary.ShouldContain("chmod 600");
    }

    [Fact]
    public async Task Run_KeyOfAnotherCertificate_Fails()
    {
        var certificates = WritePair();
        scene.Write("leaf.key", scene.Leaf().ExportPrivateKeyPem());

        (await RunAsync(certificates)).Summary.ShouldContain("does not belong");
    }

    [Fact]
    public async Task Run_ChainOutOfOrder_NamesTheTwoThatDoNotFollow()
    {
        var leaf = scene.Leaf();
        var certificates = Write(
            () => leaf.Certificate.ExportCertificatePem() + "\n" + scene.Platform.ChainPem + scene.Tunnel.ChainPem,
            leaf
        );

        (await RunAsync(certificates)).Summary.ShouldContain("is followed by CN=Platform issuing");
    }

    [Fact]
    public async Task Run_CertificateThatOthersMayWrite_Fails()
    {
        var certificates = WritePair();
        File.SetUnixFileMode(scene.PathOf("leaf.pem"), (UnixFileMode)0b110_110_100);

        (await RunAsync(certificates)).Summary.ShouldContain("can be written by others");
    }

    private string WritePair()
    {
        var leaf = scene.Leaf();
        return Write(leaf.ExportCertificatesPem, leaf);
    }

    private string Write(Func<string> certificates, Culvert.Platform.Certificates.KeyAndCertificate leaf)
    {
        scene.Write("leaf.pem", certificates());
        scene.Write("leaf.key", leaf.ExportPrivateKeyPem());
        return "{source: files, certificate_file: leaf.pem, key_file: leaf.key}";
    }

    // Read from the disk as the doctor does it.
    private async Task<DoctorFinding> RunAsync(string certificates)
    {
        var settings = scene.Facts(certificates: certificates).Settings;
        var facts = await CertificateFacts.GatherAsync(
            settings,
            new FakeTimeProvider(scene.Now),
            TestContext.Current.CancellationToken
        );
        return LeafChecks.CheckFiles(facts);
    }
}
