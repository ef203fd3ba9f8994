using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Ca.Authorities;
using Culvert.Ca.Keys;
using Culvert.Ca.Names;
using Culvert.Ca.Refusals;
using Shouldly;
using Xunit;

namespace Culvert.Ca.Tests.Authorities;

/// <summary>Rows of the reference on registration that no stored vector shows.</summary>
public sealed class AuthorityRowsTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    // Row 33: the service signs revocation lists with the keys that it holds.
    [Theory]
    [InlineData(X509KeyUsageFlags.KeyCertSign, "ca.key_usage")]
    [InlineData(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, null)]
    public void InspectChain_KeyUsage_NeedsListsToo(X509KeyUsageFlags usage, string? code)
    {
        using ECDsa rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using IssuerKey key = IssuerKey.Generate(KeyAlgorithm.EcdsaP256);
        using X509Certificate2 root = Root(rootKey);
        var publicKey = PublicKey.CreateFromSubjectPublicKeyInfo(key.PublicKey.Encoded.Span, out _);
        var request = new CertificateRequest(new X500DistinguishedName("CN=CA"), publicKey, HashAlgorithmName.SHA256);
        Authority(request, usage);
        using X509Certificate2 certificate = request.Create(
            root.SubjectName,
            X509SignatureGenerator.CreateForECDsa(rootKey),
            Now,
            Now.AddDays(365),
            [1]
        );
        var chain = AuthorityRegistration
            .ReadChain(certificate.ExportCertificatePem() + "\n" + root.ExportCertificatePem())
            .Value.ShouldNotBeNull();

        AuthorityRegistration
            .InspectChain(
                chain,
                key.PublicKey,
                TimeSpan.FromHours(24),
                new GrantedNames { Dns = ["acme.tunnel.example"] },
                Now
            )
            .Select(finding => finding.Code.Code)
            .ShouldBe(code is null ? [] : [code]);
    }

    // Row 38.
    [Fact]
    public void ReadChain_NineCertificates_IsNoChain()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 root = Root(key);
        string one = root.ExportCertificatePem() + "\n";

        AuthorityRegistration.ReadChain(string.Concat(Enumerable.Repeat(one, 8))).Succeeded.ShouldBeTrue();
        AuthorityRegistration
            .ReadChain(string.Concat(Enumerable.Repeat(one, 9)))
            .Refusal.ShouldNotBeNull()
            .Code.Code.ShouldBe("ca.chain");
    }

    // Row 43: a leaf, and an authority that the public trusts.
    [Fact]
    public void CheckAnchor_ALeaf_IsNoAnchor()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=www.example.com", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("www.example.com");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        using X509Certificate2 leaf = request.CreateSelfSigned(Now.AddDays(-1), Now.AddDays(30));

        AuthorityRegistration
            .CheckAnchor(leaf.ExportCertificatePem(), Now)
            .Refusal.ShouldNotBeNull()
            .Code.Code.ShouldBe("ca.anchor_forbidden");
    }

    [Fact]
    public void CheckAnchor_WhatEverybodyTrusts_IsNoAnchor()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 root = Root(key);

        AuthorityRegistration.CheckAnchor(root.ExportCertificatePem(), Now, _ => false).Succeeded.ShouldBeTrue();
        AuthorityRegistration
            .CheckAnchor(root.ExportCertificatePem(), Now, _ => true)
            .Refusal.ShouldNotBeNull()
            .Code.Code.ShouldBe("ca.anchor_forbidden");
    }

    // NameConstraints ::= SEQUENCE { permitted [0] { DNS:acme.tunnel.example }, excluded [1] { the base } }.
    [Theory]
    [InlineData(
        true,
        "8700",
        "excluded subtree 1 is an IP address of 0 octets, and address and mask have 8 (IPv4) or 32 (IPv6)"
    )]
    [InlineData(
        true,
        "A00E060A2B060104018237140203A000",
        "excluded subtree 1 is a user principal name (UPN, 1.3.6.1.4.1.311.20.2.3)"
    )]
    [InlineData(true, "88032A0304", "excluded subtree 1 is a registered identifier")]
    [InlineData(false, "870800000000FFFFFFFF", "they are not critical")]
    [InlineData(true, "870800000000FFFFFFFF", null)]
    public void CheckAnchor_NameConstraints_NamesWhatVerifiersDoNotAccept(bool critical, string subtree, string? reason)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            using (writer.PushSequence())
            {
                byte[] name = "acme.tunnel.example"u8.ToArray();
                writer.WriteOctetString(name, new Asn1Tag(TagClass.ContextSpecific, 2));
            }

            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 1)))
            using (writer.PushSequence())
            {
                writer.WriteEncodedValue(Convert.FromHexString(subtree));
            }
        }

        using X509Certificate2 root = Root(key, new X509Extension("2.5.29.30", writer.Encode(), critical));

        AuthorityRegistration
            .CheckAnchor(root.ExportCertificatePem(), Now)
            .Refusal.ShouldBe(
                reason is null
                    ? null
                    : new CaRefusal(
                        CaErrorCodes.CaNameConstraints,
                        $"Verifiers do not accept the name constraints: {reason}."
                    )
            );
    }

    private static X509Certificate2 Root(ECDsa key, params X509Extension[] more)
    {
        var request = new CertificateRequest("CN=Root", key, HashAlgorithmName.SHA256);
        foreach (X509Extension extension in more)
        {
            request.CertificateExtensions.Add(extension);
        }

        Authority(request, X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign);
        return request.CreateSelfSigned(Now.AddDays(-1), Now.AddDays(1000));
    }

    private static void Authority(CertificateRequest request, X509KeyUsageFlags usage)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
    }
}
