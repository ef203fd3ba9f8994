using System.Security.Authentication;
using Culvert.Platform.Certificates;
using Culvert.Testing;
using Culvert.Tunnel.Agent.InnerTls;
using Culvert.Tunnel.Agent.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Tunnel.Agent.Tests.InnerTls;

public sealed class LeafFilesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("culvert-leaf-").FullName;
    private readonly FakeTimeProvider time = new();
    private readonly TunnelPki pki = new();
    private readonly LeafSlot leaves;
    private readonly LeafFiles files;

    public LeafFilesTests()
    {
        leaves = new LeafSlot(SslProtocols.Tls13, time, NullLogger<LeafSlot>.Instance);
        files = new LeafFiles(PathOf("leaf.pem"), PathOf("leaf.key"), time, NullLogger<LeafFiles>.Instance);
    }

    [Fact]
    public void Look_GoodPair_IsTakenIntoService()
    {
        var pair = Write(pki.Server("t.example"));

        files.Reload(leaves);

        leaves.Current!.Pair.Serial.ShouldBe(pair.Serial);
        leaves.IsServing.ShouldBeTrue();
        files.Problem.ShouldBeEmpty();
    }

    [Fact] // a reload
    public void Use_OtherFilesOrNone_KeepsWhatIsInServiceUntilTheyHaveAPair()
    {
        var first = Write(pki.Server("t.example"));
        files.Reload(leaves);

        files.Use(PathOf("other.pem"), PathOf("other.key"));
        files.Reload(leaves);
        leaves.Current!.Pair.Serial.ShouldBe(first.Serial);
        files.Problem.ShouldContain("other.pem");

        files.Use("", "");
        files.Reload(leaves);
        (leaves.Current!.Pair.Serial, files.Problem).ShouldBe((first.Serial, ""));

        files.Use(PathOf("leaf.pem"), PathOf("leaf.key"));
        var second = Write(pki.Server("t.example"));
        files.Reload(leaves);
        leaves.Current!.Pair.Serial.ShouldBe(second.Serial);
    }

    [Fact]
    public void Slot_OtherProtocols_CountForTheLeafThatIsThere()
    {
        Write(pki.Server("t.example"));
        files.Reload(leaves);
        var before = leaves.Current!;

        leaves.Use(SslProtocols.Tls13);
        leaves.Current.ShouldBeSameAs(before);
        leaves.Use(SslProtocols.Tls12 | SslProtocols.Tls13);

        leaves.Current!.Pair.ShouldBeSameAs(before.Pair);
        leaves.Current.TlsOptions.EnabledSslProtocols.ShouldBe(SslProtocols.Tls12 | SslProtocols.Tls13);
    }

    [Fact]
    public void Look_SecondPair_ReplacesTheFirst()
    {
        Write(pki.Server("t.example"));
        files.Reload(leaves);
        var second = Write(pki.Server("t.example"));

        files.Reload(leaves);

        leaves.Current!.Pair.Serial.ShouldBe(second.Serial);
    }

    [Fact]
    public void Look_RenewedUnderTheSameSerial_ReplacesTheFirst() // as `openssl x509 -set_serial 1` does
    {
        var old = Write(pki.Server(serial: [1], "t.example"));
        files.Reload(leaves);
        var renewed = Write(pki.Server(serial: [1], "t.example"));
        renewed.Serial.ShouldBe(old.Serial);

        files.Reload(leaves);

        var served = leaves.Current!.Pair.Certificate;
        CertificateNames.Fingerprint(served).ShouldBe(CertificateNames.Fingerprint(renewed.Certificate));
    }

    [Fact]
    public void Look_ChainCorrected_IsServed()
    {
        var leaf = Write(pki.Server("t.example"));
        files.Reload(leaves);
        var intermediate = new TunnelPki("Intermediate").Agent("not-self-signed").Certificate;
        File.AppendAllText(PathOf("leaf.pem"), intermediate.ExportCertificatePem() + "\n");

        files.Reload(leaves);

        leaves.Current!.Pair.Serial.ShouldBe(leaf.Serial);
        leaves.Current.Pair.Chain.ShouldHaveSingleItem();
    }

    [Fact]
    public void Look_UnchangedPair_KeepsTheObject()
    {
        Write(pki.Server("t.example"));
        files.Reload(leaves);
        var before = leaves.Current;

        files.Reload(leaves);

        leaves.Current.ShouldBeSameAs(before);
    }

    [Fact]
    public void Look_HalfReplacedPair_KeepsTheOldUntilBothFit()
    {
        var old = Write(pki.Server("t.example"));
        files.Reload(leaves);
        var next = pki.Server("t.example");
        File.WriteAllText(PathOf("leaf.pem"), next.ExportCertificatesPem());

        files.Reload(leaves);
        leaves.Current!.Pair.Serial.ShouldBe(old.Serial);
        files.Problem.ShouldNotBeEmpty();

        WriteKey(next.ExportPrivateKeyPem());
        files.Reload(leaves);
        leaves.Current!.Pair.Serial.ShouldBe(next.Serial);
        files.Problem.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void Look_AroundTheEnd_TakesTheLastSecondAndNothingAfter(int seconds, bool taken)
    {
        var end = time.GetUtcNow().AddHours(1);
        Write(pki.Server(end.AddDays(-1), end, "t.example"));
        time.Advance(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(seconds));

        files.Reload(leaves);

        (leaves.Current is not null).ShouldBe(taken);
        leaves.IsServing.ShouldBe(taken);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not pem")]
    public void Look_Garbage_IsAProblem(string content)
    {
        File.WriteAllText(PathOf("leaf.pem"), content);
        WriteKey(content);

        files.Reload(leaves);

        leaves.Current.ShouldBeNull();
        files.Problem.ShouldNotBeEmpty();
    }

    [Fact]
    public void Look_MissingFile_IsAProblem()
    {
        files.Reload(leaves);

        files.Problem.ShouldContain("leaf.pem");
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Look_KeyThatOthersCanRead_IsRefused()
    {
        Write(pki.Server("t.example"));
        File.SetUnixFileMode(
            PathOf("leaf.key"),
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead
        );

        files.Reload(leaves);

        leaves.Current.ShouldBeNull();
        files.Problem.ShouldContain("chmod 600");
    }

    private KeyAndCertificate Write(KeyAndCertificate pair)
    {
        File.WriteAllText(PathOf("leaf.pem"), pair.ExportCertificatesPem());
        WriteKey(pair.ExportPrivateKeyPem());
        return pair;
    }

    private void WriteKey(string text)
    {
        File.WriteAllText(PathOf("leaf.key"), text);
        File.SetUnixFileMode(PathOf("leaf.key"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private string PathOf(string name) => Path.Combine(folder, name);
}
