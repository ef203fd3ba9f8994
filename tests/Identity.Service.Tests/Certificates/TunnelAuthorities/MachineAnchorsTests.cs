using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Ca.Certificates;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.TunnelAuthorities;

public sealed class MachineAnchorsTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly X509Certificate2 root = Make("Web root", null);

    [Fact]
    public void Holds_TheRootItself_AndWhatItCertified()
    {
        using var intermediate = Make("Web intermediate", root);
        var anchors = new MachineAnchors(() => [root.RawData]);

        anchors.Holds(Parsed(root)).ShouldBeTrue();
        anchors.Holds(Parsed(intermediate)).ShouldBeTrue();
    }

    [Fact]
    public void Holds_TheRootsNameWithoutItsSignature_IsNotPublic()
    {
        using var impostor = Make("Web root", null);
        using var below = Make("Web intermediate", impostor);
        var anchors = new MachineAnchors(() => [root.RawData]);

        anchors.Holds(Parsed(impostor)).ShouldBeFalse();
        anchors.Holds(Parsed(below)).ShouldBeFalse();
    }

    [Fact]
    public void Holds_PolicyOfThePublicWeb_NeedsNoRoot()
    {
        using var enterprise = Make("Enterprise", null, policy: "1.3.6.1.4.1.55555.1");
        // Domain validated: what the intermediates of free web certificates assert.
        using var web = Make("Deep intermediate", enterprise, policy: "2.23.140.1.2.1");
        var anchors = new MachineAnchors(() => []);

        anchors.Holds(Parsed(enterprise)).ShouldBeFalse();
        anchors.Holds(Parsed(web)).ShouldBeTrue();
    }

    [Fact]
    public void Holds_StoreThatCouldNotBeRead_IsReadAgain()
    {
        var reads = 0;
        var anchors = new MachineAnchors(() =>
            reads++ == 0 ? throw new CryptographicException("away") : [root.RawData]
        );
        Should.Throw<CryptographicException>(() => anchors.Holds(Parsed(root)));

        anchors.Holds(Parsed(root)).ShouldBeTrue();
        anchors.Holds(Parsed(root)).ShouldBeTrue();

        reads.ShouldBe(2);
    }

    [Fact]
    public void Holds_TheRealStore_IsReadable() => new MachineAnchors().Holds(Parsed(root)).ShouldBeFalse();

    private static ParsedCertificate Parsed(X509Certificate2 certificate) =>
        ParsedCertificate.TryParse(certificate.RawData).ShouldNotBeNull();

    private static X509Certificate2 Make(string name, X509Certificate2? issuer, string? policy = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        if (policy is not null)
        {
            var writer = new AsnWriter(AsnEncodingRules.DER);
            using (writer.PushSequence())
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(policy);
            }

            request.CertificateExtensions.Add(new X509Extension("2.5.29.32", writer.Encode(), critical: false));
        }

        var signed = issuer is null
            ? request.CreateSelfSigned(Now, Now.AddYears(10))
            : request.Create(issuer, Now, Now.AddYears(5), RandomNumberGenerator.GetBytes(8));
        return issuer is null ? signed : signed.CopyWithPrivateKey(key);
    }
}
