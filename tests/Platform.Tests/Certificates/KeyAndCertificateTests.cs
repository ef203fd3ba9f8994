using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Platform.Certificates;
using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Certificates;

public sealed class KeyAndCertificateTests
{
    private readonly TestPki pki = new();

    [Theory]
    [InlineData(KeyType.EcdsaP256)]
    [InlineData(KeyType.EcdsaP384)]
    [InlineData(KeyType.Rsa2048)]
    public void Create_FromARequestOfEachKeyType_RoundTripsThroughPem(KeyType type)
    {
        var key = CertificateRequests.NewKey(type);
        var issued = pki.Certify(CertificateRequests.Create(key), "spiffe://td/edge/e");

        var made = KeyAndCertificate.Create(issued.ExportCertificatePem(), pki.ChainPem, key);
        var read = KeyAndCertificate.FromPem(made.ExportCertificatesPem(), made.ExportPrivateKeyPem());

        read.Serial.ShouldBe(made.Serial);
        read.Certificate.HasPrivateKey.ShouldBeTrue();
        read.Chain.Count.ShouldBe(1);
    }

    [Fact]
    public void Create_AnotherKey_Throws()
    {
        using var other = CertificateRequests.NewKey();

        Should.Throw<CertificateUnusableException>(() =>
            KeyAndCertificate.Create(pki.Issue().ExportCertificatePem(), "", other)
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----")]
    public void Create_NotACertificate_Throws(string pem)
    {
        using var key = CertificateRequests.NewKey();

        Should.Throw<CertificateUnusableException>(() => KeyAndCertificate.Create(pem, "", key));
    }

    [Fact]
    public void FromPem_NotAKey_ThrowsWithoutShowingIt() =>
        Should
            .Throw<CertificateUnusableException>(() =>
                KeyAndCertificate.FromPem(pki.Issue().ExportCertificatePem(), "this-is-not-a-key")
            )
            .Message.ShouldNotContain("this-is-not-a-key");

    [Fact]
    public void ToString_ShowsTheSerialAlone()
    {
        var pair = Pair(pki.Issue(), pki.ChainPem);

        pair.ToString().ShouldBe($"KeyAndCertificate {pair.Serial}");
    }

    // S11: the root is known to the peer or worth nothing to it.
    [Fact]
    public async Task Context_InAHandshake_SendsTheIssuingCaAndNoRoot()
    {
        var sent = await SentChain(Pair(pki.Issue(usages: [TestPki.ServerAuthentication]), pki.ChainPem + pki.RootPem));

        sent.ShouldContain(CertificateNames.Fingerprint(pki.Issuing));
        sent.ShouldNotContain(CertificateNames.Fingerprint(pki.Root));
    }

    [Fact]
    public async Task Context_AfterARootSwap_SendsTheLinkThatBearsTheRootsName()
    {
        var old = new TestPki();
        var link = pki.LinkFrom(old);
        var chain = pki.ChainPem + link.ExportCertificatePem() + "\n" + pki.RootPem;

        var sent = await SentChain(Pair(pki.Issue(usages: [TestPki.ServerAuthentication]), chain));

        sent.ShouldContain(CertificateNames.Fingerprint(link));
        sent.ShouldNotContain(CertificateNames.Fingerprint(pki.Root));
    }

    private static KeyAndCertificate Pair(X509Certificate2 leaf, string chain) =>
        KeyAndCertificate.Create(leaf.ExportCertificatePem(), chain, leaf.GetECDsaPrivateKey()!);

    private static async Task<IReadOnlyList<string>> SentChain(KeyAndCertificate pair)
    {
        var (near, far) = DuplexPipeStream.CreatePair();
        await using var server = new SslStream(near);
        await using var client = new SslStream(far);
        var seen = new List<string>();
        var accept = server.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions { ServerCertificateContext = pair.Context },
            TestContext.Current.CancellationToken
        );
        await client.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "x",
                RemoteCertificateValidationCallback = (_, _, chain, _) =>
                {
                    seen.AddRange(chain!.ChainPolicy.ExtraStore.Select(CertificateNames.Fingerprint));
                    return seen.Count > 0;
                },
            },
            TestContext.Current.CancellationToken
        );
        await accept;
        return seen;
    }
}
