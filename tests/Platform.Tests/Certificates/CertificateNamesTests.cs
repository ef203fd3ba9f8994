using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Platform.Certificates;
using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Certificates;

public sealed class CertificateNamesTests
{
    [Theory]
    [InlineData("0a", "0a")]
    [InlineData("00ff", "ff")] // DER's sign octet
    [InlineData("7f00", "7f00")]
    [InlineData("0102030405", "0102030405")]
    public void Serial_IsThePlainNumber(string der, string expected)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=x", key, HashAlgorithmName.SHA256);
        using var certificate = request.Create(
            new X500DistinguishedName("CN=x"),
            X509SignatureGenerator.CreateForECDsa(key),
            DateTimeOffset.UnixEpoch,
            DateTimeOffset.UnixEpoch.AddDays(1),
            Convert.FromHexString(der)
        );

        CertificateNames.Serial(certificate).ShouldBe(expected);
    }

    [Fact]
    public void IsSelfSigned_TellsRootsFromTheRest()
    {
        var pki = new TestPki();

        CertificateNames.IsSelfSigned(pki.Root).ShouldBeTrue();
        CertificateNames.IsSelfSigned(pki.Issuing).ShouldBeFalse();
        CertificateNames.IsSelfSigned(pki.LinkFrom(new TestPki(name: "Old"))).ShouldBeFalse();
    }

    [Fact]
    public void Uris_ReadsOnlyUris() =>
        CertificateNames
            .Uris(new TestPki().Issue("spiffe://td/edge/e", dnsNames: ["a.test", "127.0.0.1"]))
            .ShouldBe(["spiffe://td/edge/e"]);

    [Fact]
    public void Uris_UnreadableExtension_IsNull()
    {
        var pki = new TestPki();
        var broken = pki.Issue(edit: r =>
        {
            r.CertificateExtensions.RemoveAt(0);
            r.CertificateExtensions.Add(new X509Extension("2.5.29.17", [0x30, 0x05, 0x86], critical: false));
        });

        CertificateNames.Uris(broken).ShouldBeNull();
    }
}
