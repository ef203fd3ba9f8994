using System.Net;
using Culvert.Ca.Certificates;
using Culvert.Ca.Encoding;
using Culvert.Ca.Keys;
using Culvert.Ca.Requests;
using Culvert.Ca.Revocation;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Pkcs;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;
using Shouldly;
using BcBasicConstraints = Org.BouncyCastle.Asn1.X509.BasicConstraints;
using BcDistributionPoint = Org.BouncyCastle.Asn1.X509.IssuingDistributionPoint;
using BcGeneralName = Org.BouncyCastle.Asn1.X509.GeneralName;

namespace Culvert.Ca.Tests.SecondOpinion;

/// <summary>
/// Reads what we make and accept with BouncyCastle, which shares neither parser nor cryptography with us, and compares
/// every field. Our own reader must never be the only judge of our own writer.
/// </summary>
internal static class SecondParser
{
    /// <summary>Compares a certificate, and verifies its signature where the issuer's key is given.</summary>
    public static void Check(ParsedCertificate ours, SubjectPublicKey? issuer = null)
    {
        var theirs = new X509Certificate(ours.Encoded.ToArray());

        theirs.GetEncoded().ShouldBe(ours.Encoded.ToArray());
        theirs.GetTbsCertificate().ShouldBe(ours.TbsEncoded.ToArray());
        theirs.Version.ShouldBe(ours.Version);
        theirs.SerialNumber.ToByteArray().ShouldBe(ours.SerialNumber.ToArray());
        theirs.IssuerDN.GetDerEncoded().ShouldBe(ours.Issuer.Encoded.ToArray());
        theirs.SubjectDN.GetDerEncoded().ShouldBe(ours.Subject.Encoded.ToArray());
        theirs.NotBefore.ShouldBe(ours.NotBefore.UtcDateTime);
        theirs.NotAfter.ShouldBe(ours.NotAfter.UtcDateTime);
        var structure = theirs.CertificateStructure;
        structure.SignatureAlgorithm.GetDerEncoded().ShouldBe(ours.OuterAlgorithm.ToArray());
        structure.TbsCertificate.Signature.GetDerEncoded().ShouldBe(ours.InnerAlgorithm.ToArray());
        theirs.GetSignature().ShouldBe(ours.Signature.ToArray());
        if (ours.PublicKey is { } key)
        {
            structure.SubjectPublicKeyInfo.GetDerEncoded().ShouldBe(key.Encoded.ToArray());
        }

        var extensions = structure.TbsCertificate.Extensions;
        SameExtensions(extensions, ours.Extensions);
        SameLeafParts(theirs, extensions, ours);
        SameAuthorityParts(theirs, extensions, ours);
        if (issuer is not null)
        {
            Should.NotThrow(() => theirs.Verify(KeyOf(issuer)), ours.SerialNumberHex);
        }
    }

    /// <summary>Compares a revocation list, and verifies its signature.</summary>
    public static void Check(ParsedRevocationList ours, SubjectPublicKey issuer)
    {
        var theirs = new X509Crl(ours.Encoded.ToArray());
        var structure = CertificateList.GetInstance(ours.Encoded.ToArray());
        var content = structure.TbsCertList;

        theirs.GetEncoded().ShouldBe(ours.Encoded.ToArray());
        theirs.GetTbsCertList().ShouldBe(ours.TbsEncoded.ToArray());
        theirs.Version.ShouldBe(ours.Version);
        theirs.IssuerDN.GetDerEncoded().ShouldBe(ours.Issuer.Encoded.ToArray());
        theirs.ThisUpdate.ShouldBe(ours.ThisUpdate.UtcDateTime);
        theirs.NextUpdate.ShouldBe(ours.NextUpdate?.UtcDateTime);
        structure.SignatureAlgorithm.GetDerEncoded().ShouldBe(ours.OuterAlgorithm.ToArray());
        content.Signature.GetDerEncoded().ShouldBe(ours.InnerAlgorithm.ToArray());
        structure
            .GetRevokedCertificates()
            .Select(entry =>
                (
                    Convert.ToHexStringLower(entry.UserCertificate.Value.ToByteArrayUnsigned()),
                    entry.RevocationDate.ToDateTime(),
                    ReasonOf(entry)
                )
            )
            .ShouldBe(ours.Entries.Select(entry => (entry.SerialHex, entry.RevokedAt.UtcDateTime, entry.Reason)));
        SameExtensions(content.Extensions, ours.Extensions);
        if (ours.Number is { } number)
        {
            DerInteger
                .GetInstance(Value(content.Extensions, X509Extensions.CrlNumber))
                .Value.ToString()
                .ShouldBe(number.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        if (ours.DistributionPoint is { } point)
        {
            var other = BcDistributionPoint.GetInstance(
                Value(content.Extensions, X509Extensions.IssuingDistributionPoint)
            );
            other.OnlyContainsUserCerts.ShouldBe(point.OnlyUserCertificates);
            other.IsIndirectCrl.ShouldBe(point.IsIndirect);
            (other.OnlyContainsCACerts || other.OnlyContainsAttributeCerts).ShouldBe(point.OnlyOthers);
            (other.OnlySomeReasons is not null).ShouldBe(point.OnlySomeReasons);
        }

        Should.NotThrow(() => theirs.Verify(KeyOf(issuer)));
    }

    /// <summary>Compares a request that was accepted, its proof of possession included.</summary>
    public static void Check(ParsedRequest ours, byte[] encoded)
    {
        var theirs = new Pkcs10CertificationRequest(encoded);
        var info = theirs.GetCertificationRequestInfo();

        theirs.Verify().ShouldBeTrue();
        info.Subject.GetDerEncoded().ShouldBe(ours.Subject.Encoded.ToArray());
        info.SubjectPublicKeyInfo.GetDerEncoded().ShouldBe(ours.PublicKey.Encoded.ToArray());
        var asked = theirs.GetRequestedExtensions();
        NamesOf(asked).ShouldBe(ours.Names.Select(NameOf));
        PurposesOf(asked).ShouldBe(ours.ExtendedKeyUsages);
        UsageOf(asked).ShouldBe(ours.KeyUsage);
    }

    private static AsymmetricKeyParameter KeyOf(SubjectPublicKey key) =>
        PublicKeyFactory.CreateKey(key.Encoded.ToArray());

    private static void SameExtensions(X509Extensions? theirs, IReadOnlyList<DerExtension> ours) =>
        (theirs?.GetExtensionOids() ?? [])
            .Select(oid =>
                (oid.Id, theirs!.GetExtension(oid).IsCritical, Hex(theirs.GetExtension(oid).Value.GetOctets()))
            )
            .ShouldBe(ours.Select(one => (one.Oid, one.Critical, Hex(one.Value.ToArray()))));

    private static void SameLeafParts(X509Certificate theirs, X509Extensions? extensions, ParsedCertificate ours)
    {
        NamesOf(extensions).ShouldBe((ours.SubjectAlternativeNames ?? []).Select(NameOf));
        PurposesOf(extensions).ShouldBe(ours.ExtendedKeyUsages);
        UsageOf(extensions).ShouldBe(ours.KeyUsage);
        theirs.GetKeyUsage().ShouldBe(ours.KeyUsage is { } usage ? BitsOf(usage) : null);
    }

    private static void SameAuthorityParts(X509Certificate theirs, X509Extensions? extensions, ParsedCertificate ours)
    {
        // -1 means that it is not an authority, the largest number an authority without a limit.
        theirs
            .GetBasicConstraints()
            .ShouldBe(ours.BasicConstraints is { IsAuthority: true } basic ? basic.PathLength ?? int.MaxValue : -1);
        if (Value(extensions, X509Extensions.BasicConstraints) is { } constraints)
        {
            BcBasicConstraints.GetInstance(constraints).IsCA().ShouldBe(ours.BasicConstraints!.IsAuthority);
        }

        Hex(
                Value(extensions, X509Extensions.SubjectKeyIdentifier) is { } own
                    ? SubjectKeyIdentifier.GetInstance(own).GetKeyIdentifier()
                    : null
            )
            .ShouldBe(Hex(ours.SubjectKeyIdentifier?.ToArray()));
        Hex(
                Value(extensions, X509Extensions.AuthorityKeyIdentifier) is { } above
                    ? AuthorityKeyIdentifier.GetInstance(above).KeyIdentifier?.GetOctets()
                    : null
            )
            .ShouldBe(Hex(ours.AuthorityKeyIdentifier?.ToArray()));
        (
            Value(extensions, X509Extensions.CertificatePolicies) is { } policies
                ? CertificatePolicies
                    .GetInstance(policies)
                    .GetPolicyInformation()
                    .Select(policy => policy.PolicyIdentifier.Id)
                    .ToArray()
                : null
        ).ShouldBe(ours.Policies);
    }

    private static RevocationReason ReasonOf(CrlEntry entry) =>
        entry.Extensions?.GetExtension(X509Extensions.ReasonCode) is { } reason
            ? (RevocationReason)DerEnumerated.GetInstance(reason.GetParsedValue()).IntValueExact
            : RevocationReason.Unspecified;

    private static List<string> NamesOf(X509Extensions? extensions) =>
        Value(extensions, X509Extensions.SubjectAlternativeName) is { } value
            ? [.. GeneralNames.GetInstance(value).GetNames().Select(TextOf)]
            : [];

    private static List<string>? PurposesOf(X509Extensions? extensions) =>
        Value(extensions, X509Extensions.ExtendedKeyUsage) is { } value
            ? [.. ExtendedKeyUsage.GetInstance(value).GetAllUsages().Select(purpose => purpose.Id)]
            : null;

    private static KeyUsages? UsageOf(X509Extensions? extensions)
    {
        if (Value(extensions, X509Extensions.KeyUsage) is not { } value)
        {
            return null;
        }

        var bits = DerBitString.GetInstance(value).GetBytes();
        var usage = KeyUsages.None;
        for (int i = 0; i < bits.Length * 8; i++)
        {
            usage |= (bits[i / 8] & (0x80 >> (i % 8))) != 0 ? (KeyUsages)(1 << i) : KeyUsages.None;
        }

        return usage;
    }

    private static bool[] BitsOf(KeyUsages usage) =>
        [.. Enumerable.Range(0, 9).Select(i => usage.HasFlag((KeyUsages)(1 << i)))];

    private static string TextOf(BcGeneralName name) =>
        name.TagNo switch
        {
            BcGeneralName.Rfc822Name or BcGeneralName.DnsName or BcGeneralName.UniformResourceIdentifier =>
                $"{name.TagNo}:{((IAsn1String)name.Name).GetString()}",
            BcGeneralName.IPAddress =>
                $"{name.TagNo}:{new IPAddress(Asn1OctetString.GetInstance(name.Name).GetOctets())}",
            _ => $"{name.TagNo}:",
        };

    private static string NameOf(Names.GeneralName name) => $"{(int)name.Kind}:{name.Text}";

    private static Asn1Object? Value(X509Extensions? extensions, DerObjectIdentifier oid) =>
        extensions?.GetExtension(oid)?.GetParsedValue();

    private static string? Hex(byte[]? bytes) => bytes is null ? null : Convert.ToHexStringLower(bytes);
}
