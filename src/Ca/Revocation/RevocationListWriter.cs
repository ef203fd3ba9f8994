using System.Formats.Asn1;
using System.Numerics;
using Culvert.Ca.Certificates;
using Culvert.Ca.Encoding;
using Culvert.Ca.Keys;
using Culvert.Ca.Names;

namespace Culvert.Ca.Revocation;

/// <summary>Writes a <c>TBSCertList</c> (RFC 5280 §5.1), version 2, and the signed list around it.</summary>
internal static class RevocationListWriter
{
    private static readonly Asn1Tag ExtensionsTag = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag PointTag = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag FullNameTag = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag OnlyUserTag = new(TagClass.ContextSpecific, 1);
    private static readonly Asn1Tag UriTag = new(TagClass.ContextSpecific, (int)GeneralNameKind.Uri);

    // One encoded extension list per reason: a million entries differ only in serial number and date.
    private static readonly Dictionary<RevocationReason, byte[]> ReasonExtensions = Enum.GetValues<RevocationReason>()
        .Where(reason => reason != RevocationReason.Unspecified)
        .ToDictionary(reason => reason, WriteReason);

    public static byte[] WriteTbs(RevocationListOrder order)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER, 256 + (order.Entries.Count * 52));
        using (writer.PushSequence())
        {
            writer.WriteInteger(1); // v2
            writer.WriteEncodedValue(SignatureScheme.For(order.Issuer.PublicKey).Identifier.Span);
            writer.WriteEncodedValue(order.Issuer.Name.Encoded.Span);
            DerTime.Write(writer, order.ThisUpdate);
            DerTime.Write(writer, order.NextUpdate);
            // RFC 5280 §5.1.2.6: absent, never empty.
            if (order.Entries.Count > 0)
            {
                using (writer.PushSequence())
                {
                    Span<byte> buffer = stackalloc byte[RevokedEntryCodec.MaxBytes];
                    foreach (RevokedEntry entry in order.Entries)
                    {
                        if (RevokedEntryCodec.TryWrite(entry, buffer, out int length))
                        {
                            writer.WriteEncodedValue(buffer[..length]);
                        }
                        else
                        {
                            WriteEntry(writer, entry);
                        }
                    }
                }
            }

            using (writer.PushSequence(ExtensionsTag))
            using (writer.PushSequence())
            {
                ExtensionWriters.WriteAuthorityKeyIdentifier(writer, order.Issuer.KeyIdentifier);
                ExtensionWriters.Write(
                    writer,
                    Oids.CrlNumber,
                    critical: false,
                    value => value.WriteInteger(new BigInteger(order.Number))
                );
                ExtensionWriters.Write(
                    writer,
                    Oids.IssuingDistributionPoint,
                    critical: true,
                    value => WritePoint(value, order.DistributionPoint)
                );
            }
        }

        return writer.Encode();
    }

    public static byte[] Assemble(ReadOnlySpan<byte> tbs, SubjectPublicKey issuer, ReadOnlySpan<byte> signature)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER, tbs.Length + 640);
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(tbs);
            writer.WriteEncodedValue(SignatureScheme.For(issuer).Identifier.Span);
            writer.WriteBitString(signature);
        }

        return writer.Encode();
    }

    private static void WriteEntry(AsnWriter writer, RevokedEntry entry)
    {
        using (writer.PushSequence())
        {
            writer.WriteInteger(entry.Serial.Span);
            DerTime.Write(writer, entry.RevokedAt);
            if (entry.Reason != RevocationReason.Unspecified)
            {
                writer.WriteEncodedValue(ReasonExtensions[entry.Reason]);
            }
        }
    }

    // RFC 5280 §5.3.1.
    private static byte[] WriteReason(RevocationReason reason)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            ExtensionWriters.Write(
                writer,
                Oids.CrlReason,
                critical: false,
                value => value.WriteEnumeratedValue(reason)
            );
        }

        return writer.Encode();
    }

    // RFC 5280 §5.2.5. The authorities of these lists certify only leaves.
    private static void WritePoint(AsnWriter value, string address)
    {
        using (value.PushSequence())
        {
            using (value.PushSequence(PointTag))
            using (value.PushSequence(FullNameTag))
            {
                value.WriteCharacterString(UniversalTagNumber.IA5String, address, UriTag);
            }

            value.WriteBoolean(true, OnlyUserTag);
        }
    }
}
