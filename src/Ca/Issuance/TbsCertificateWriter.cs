using System.Formats.Asn1;
using Culvert.Ca.Certificates;
using Culvert.Ca.Encoding;
using Culvert.Ca.Keys;
using Culvert.Ca.Orders;
using Culvert.Ca.Profiles;

namespace Culvert.Ca.Issuance;

/// <summary>
/// Writes the <c>TBSCertificate</c> (RFC 5280 §4.1) of an order. All fields come from the issuer, the profile or the granted
/// names; only the key comes from the requester.
/// </summary>
internal static class TbsCertificateWriter
{
    private static readonly Asn1Tag VersionTag = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag ExtensionsTag = new(TagClass.ContextSpecific, 3);

    public static byte[] Write(IssuanceOrder order, ValidityWindow validity)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence(VersionTag))
            {
                writer.WriteInteger(2); // v3
            }

            writer.WriteInteger(order.Serial.Value);
            writer.WriteEncodedValue(SignatureScheme.For(order.Issuer.PublicKey).Identifier.Span);
            writer.WriteEncodedValue(order.Issuer.Name.Encoded.Span);
            using (writer.PushSequence())
            {
                DerTime.Write(writer, validity.NotBefore);
                DerTime.Write(writer, validity.NotAfter);
            }

            writer.WriteEncodedValue(order.Subject.Encoded.Span);
            writer.WriteEncodedValue(order.PublicKey.Encoded.Span);
            using (writer.PushSequence(ExtensionsTag))
            using (writer.PushSequence())
            {
                WriteExtensions(writer, order);
            }
        }

        return writer.Encode();
    }

    private static void WriteExtensions(AsnWriter writer, IssuanceOrder order)
    {
        CertificateProfile profile = order.Profile;
        ExtensionWriters.WriteBasicConstraints(writer, profile.IsAuthority, profile.PathLength);
        ExtensionWriters.WriteKeyUsage(writer, profile.KeyUsage);
        if (profile.ExtendedKeyUsages.Count > 0)
        {
            ExtensionWriters.WriteExtendedKeyUsage(writer, profile.ExtendedKeyUsages);
        }

        if (profile.IsAuthority)
        {
            ExtensionWriters.WriteSubjectKeyIdentifier(writer, order.PublicKey.ComputeKeyIdentifier());
        }

        ExtensionWriters.WriteAuthorityKeyIdentifier(writer, order.Issuer.KeyIdentifier);
        if (!order.Names.IsEmpty)
        {
            ExtensionWriters.WriteSubjectAlternativeName(writer, order.Names, critical: order.Subject.IsEmpty);
        }

        if (order.CrlDistributionPoint is { } crl)
        {
            ExtensionWriters.WriteCrlDistributionPoint(writer, crl);
        }

        if (order.OcspResponder is { } responder)
        {
            ExtensionWriters.WriteOcspResponder(writer, responder);
        }

        if (profile.IsResponder)
        {
            ExtensionWriters.WriteOcspNoCheck(writer);
        }
    }
}
