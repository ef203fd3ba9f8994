using Culvert.Machine.Client.CertificateFiles;
using Culvert.Platform.Certificates;
using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.Machine.Client.Tests.CertificateFiles;

public sealed class CertificateFolderTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly string[] Names = ["tls.key", "tls.crt", "tls.pem", "ca.crt", "certificate.json"];

    private readonly FakeTimeProvider time = new();
    private readonly TestPki pki;
    private readonly string root = Directory.CreateTempSubdirectory("culvert-files-").FullName;

    public CertificateFolderTests() => pki = new TestPki(time.GetUtcNow(), "Tunnel");

    private string Output => Path.Combine(root, "out");

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void Write_NewFolder_HasPrivateFilesThatFitTogether()
    {
        var pair = NewPair();
        using (var folder = CertificateFolder.Open(Output))
        {
            folder.Current.ShouldBeNull();
            folder.Write(Record(pair), pair, pki.ChainPem);
        }

        File.GetUnixFileMode(Output).ShouldBe(Private | UnixFileMode.UserExecute);
        foreach (var name in Names)
        {
            File.GetUnixFileMode(Path.Combine(Output, name)).ShouldBe(Private, name);
        }

        Read("tls.pem").ShouldBe(Read("tls.key") + Read("tls.crt"));
        Read("ca.crt").ShouldBe(pki.ChainPem);
        KeyAndCertificate.FromPem(Read("tls.crt"), Read("tls.key")).Serial.ShouldBe(pair.Serial);
        using var again = CertificateFolder.Open(Output);
        again.Current.ShouldBe(Record(pair));
        again.ReadCurrent()!.Serial.ShouldBe(pair.Serial);
    }

    // A reader that opens one file, or resolves the link once and then opens two, gets one version, even if the link
    // changes meanwhile.
    [Fact]
    public async Task Write_UnderReaders_NeverShowsAKeyBesideAnotherCertificate()
    {
        var pairs = Enumerable.Range(0, 8).Select(_ => NewPair()).ToList();
        using var folder = CertificateFolder.Open(Output);
        folder.Write(Record(pairs[0]), pairs[0], pki.ChainPem);
        using var stop = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(() => ReadUntil(stop.Token))).ToList();

        for (var i = 1; i < 200; i++)
        {
            folder.Write(Record(pairs[i % pairs.Count]), pairs[i % pairs.Count], pki.ChainPem);
        }

        await stop.CancelAsync();
        (await Task.WhenAll(readers)).ShouldAllBe(reads => reads > 0);
        // The one in force and the one before it.
        Directory.GetDirectories(Output, "..2*").Length.ShouldBe(2);
    }

    [Fact]
    public void Open_AfterACrash_GoesOnWhereItWas()
    {
        var (first, second) = (NewPair(), NewPair());
        using (var folder = CertificateFolder.Open(Output))
        {
            folder.Write(Record(first), first, pki.ChainPem);
        }

        // In the midst of the next version, and just before the swap.
        var half = Path.Combine(Output, "..20260101T000000Z-0badc0de-00000000");
        Directory.CreateDirectory(half, Private | UnixFileMode.UserExecute);
        File.WriteAllText(Path.Combine(half, "tls.key"), "half a key");
        File.SetUnixFileMode(Path.Combine(half, "tls.key"), Private);
        Directory.CreateSymbolicLink(Path.Combine(Output, "..data.next"), Path.GetFileName(half));
        File.Delete(Path.Combine(Output, "ca.crt"));

        using var again = CertificateFolder.Open(Output);
        again.Current!.Serial.ShouldBe(first.Serial);
        again.Write(Record(second), second, pki.ChainPem);

        Directory.Exists(half).ShouldBeFalse();
        Read("ca.crt").ShouldBe(pki.ChainPem);
        KeyAndCertificate.FromPem(Read("tls.crt"), Read("tls.key")).Serial.ShouldBe(second.Serial);
    }

    [Fact]
    public void Write_DiskRefuses_LeavesTheVersionBefore()
    {
        var (first, second) = (NewPair(), NewPair());
        using var folder = CertificateFolder.Open(Output);
        folder.Write(Record(first), first, pki.ChainPem);
        // Nothing can be renamed over a folder that is not empty.
        File.Delete(Path.Combine(Output, "..data"));
        Directory.CreateDirectory(Path.Combine(Output, "..data", "in the way"));

        Should.Throw<CertificateFolderException>(() => folder.Write(Record(second), second, pki.ChainPem));

        folder.Current!.Serial.ShouldBe(first.Serial);
        Directory.GetDirectories(Output, "..2*").Length.ShouldBe(1);
    }

    [Theory]
    [InlineData("tls.key")]
    [InlineData("tls.crt")]
    [InlineData("notes.txt")]
    [InlineData("..data")]
    [InlineData("..2")]
    public void Open_SomebodyElsesFile_IsRefusedByName(string name)
    {
        Directory.CreateDirectory(Output, Private | UnixFileMode.UserExecute);
        File.WriteAllText(Path.Combine(Output, name), "precious");

        Should
            .Throw<CertificateFolderException>(() => CertificateFolder.Open(Output))
            .Message.ShouldContain(Path.Combine(Output, name));

        File.ReadAllText(Path.Combine(Output, name)).ShouldBe("precious");
    }

    [Fact]
    public void Open_LinkToSomewhereElse_IsRefusedByName()
    {
        Directory.CreateDirectory(Output, Private | UnixFileMode.UserExecute);
        var link = Path.Combine(Output, "tls.key");
        File.CreateSymbolicLink(link, "/etc/hostname");

        Should.Throw<CertificateFolderException>(() => CertificateFolder.Open(Output)).Message.ShouldContain(link);
    }

    [Fact]
    public void Open_KeyThatOthersMayRead_IsRefusedByName()
    {
        var pair = NewPair();
        using (var folder = CertificateFolder.Open(Output))
        {
            folder.Write(Record(pair), pair, pki.ChainPem);
        }

        var key = Path.Combine(Directory.GetDirectories(Output, "..2*").Single(), "tls.key");
        File.SetUnixFileMode(key, Private | UnixFileMode.GroupRead);

        Should
            .Throw<CertificateFolderException>(() => CertificateFolder.Open(Output))
            .Message.ShouldContain($"chmod 600 {key}");
    }

    [Fact]
    public void Open_FolderThatOthersMayWrite_IsRefused()
    {
        Directory.CreateDirectory(Output);
        File.SetUnixFileMode(Output, Private | UnixFileMode.UserExecute | UnixFileMode.GroupWrite);

        Should
            .Throw<CertificateFolderException>(() => CertificateFolder.Open(Output))
            .Message.ShouldContain("chmod go-w");
    }

    [Fact]
    public void Open_WhileAnotherRunWorks_IsBusy()
    {
        using var first = CertificateFolder.Open(Output);

        Should.Throw<CertificateFolderException>(() => CertificateFolder.Open(Output)).IsBusy.ShouldBeTrue();
    }

    [Fact]
    public void KeepRequest_AcrossRuns_IsTheSameUntilDropped()
    {
        var request = PendingRequest.Create();
        using (var folder = CertificateFolder.Open(Output))
        {
            folder.LoadRequest("u", "tnl_1").ShouldBeNull();
            folder.SaveRequest("u", "tnl_1", request);
            File.GetUnixFileMode(Path.Combine(Output, ".culvert", "request.json")).ShouldBe(Private);
        }

        using var again = CertificateFolder.Open(Output);
        var kept = again.LoadRequest("u", "tnl_1")!;
        (kept.Csr, kept.IdempotencyKey).ShouldBe((request.Csr, request.IdempotencyKey));
        kept.ExportPrivateKeyPem().ShouldBe(request.ExportPrivateKeyPem());
        again.LoadRequest("u", "tnl_2").ShouldBeNull();
        again.DropRequest();
        again.LoadRequest("u", "tnl_1").ShouldBeNull();
    }

    private int ReadUntil(CancellationToken stop)
    {
        var reads = 0;
        while (!stop.IsCancellationRequested || reads == 0)
        {
            try
            {
                var whole = Read("tls.pem");
                KeyAndCertificate.FromPem(whole[whole.IndexOf("-----BEGIN CERT", StringComparison.Ordinal)..], whole);
                var version = Path.Combine(Output, new FileInfo(Path.Combine(Output, "..data")).LinkTarget!);
                KeyAndCertificate.FromPem(
                    File.ReadAllText(Path.Combine(version, "tls.crt")),
                    File.ReadAllText(Path.Combine(version, "tls.key"))
                );
                reads++;
            }
            catch (IOException)
            {
                // Two swaps passed between the link and the file: this reader was very slow, and finds the next at once.
            }
        }

        return reads;
    }

    private string Read(string name) => File.ReadAllText(Path.Combine(Output, name));

    private KeyAndCertificate NewPair()
    {
        var request = PendingRequest.Create();
        var leaf = pki.Certify(request.Csr, dnsNames: ["*.x.test"], usages: [TestPki.ServerAuthentication]);
        return KeyAndCertificate.Create(leaf.ExportCertificatePem(), pki.ChainPem, request.Key);
    }

    private static FiledCertificate Record(KeyAndCertificate pair) =>
        new(
            Url: "https://id.test",
            TunnelId: "tnl_1",
            Serial: pair.Serial,
            NotBefore: pair.NotBefore,
            NotAfter: pair.NotAfter,
            IssuedAt: pair.NotBefore,
            RenewAfter: pair.NotBefore,
            RenewBefore: pair.NotAfter,
            BundleEpoch: 1
        );
}
