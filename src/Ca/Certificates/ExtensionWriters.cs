using System.Collections;
using System.Formats.Asn1;
using System.Net;
using System.Numerics;
using Culvert.Ca.Encoding;
using Culvert.Ca.Names;

namespace Culvert.Ca.Certificates;

/// <summary>Writers of the extensions that we issue, with the criticality that RFC 5280 §4.2.1 requires.</summary>
internal static class ExtensionWriters
{
    private static readonly Asn1Tag KeyIdentifierTag = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag DistributionPointTag = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag FullNameTag = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag DnsTag = new(TagClass.ContextSpecific, (int)GeneralNameKind.Dns);
    private static readonly Asn1Tag UriTag = new(TagClass.ContextSpecific, (int)GeneralNameKind.Uri);
    private static readonly Asn1Tag AddressTag = new(TagClass.ContextSpecific, (int)GeneralNameKind.IpAddress);

    /// <summary>Critical for leaves, too: a verifier that does not know it must not treat a leaf as an authority.</summary>
    public static void WriteBasicConstraints(AsnWriter writer, bool isAuthority, int? pathLength) =>
        Write(
            writer,
            Oids.BasicConstraints,
            critical: true,
            value =>
            {
                using (value.PushSequence())
                {
                    // cA is DEFAULT FALSE, which DER omits.
                    if (isAuthority)
                    {
                        value.WriteBoolean(true);
                        if (pathLength is { } length)
                        {
                            value.WriteInteger(length);
                        }
                    }
                }
            }
        );

    /// <summary>Critical (RFC 5280 §4.2.1.3 SHOULD).</summary>
    public static void WriteKeyUsage(AsnWriter writer, KeyUsages usage) =>
        Write(
            writer,
            Oids.KeyUsage,
            critical: true,
            value =>
            {
                // Not as an enum, because the writer would use reflection for each certificate. DER omits trailing zero bits
                // (X.690 §11.2.2).
                int length = 32 - BitOperations.LeadingZeroCount((uint)usage);
                value.WriteNamedBitList(new BitArray([(int)usage]) { Length = length });
            }
        );

    public static void WriteExtendedKeyUsage(AsnWriter writer, IReadOnlyList<string> purposes) =>
        Write(
            writer,
            Oids.ExtendedKeyUsage,
            critical: false,
            value =>
            {
                using (value.PushSequence())
                {
                    foreach (string purpose in purposes)
                    {
                        value.WriteObjectIdentifier(purpose);
                    }
                }
            }
        );

    public static void WriteSubjectKeyIdentifier(AsnWriter writer, ReadOnlyMemory<byte> identifier) =>
        Write(writer, Oids.SubjectKeyIdentifier, critical: false, value => value.WriteOctetString(identifier.Span));

    public static void WriteAuthorityKeyIdentifier(AsnWriter writer, ReadOnlyMemory<byte> identifier) =>
        Write(
            writer,
            Oids.AuthorityKeyIdentifier,
            critical: false,
            value =>
            {
                using (value.PushSequence())
                {
                    value.WriteOctetString(identifier.Span, KeyIdentifierTag);
                }
            }
        );

    /// <summary>At least one name. Critical when the subject is empty (RFC 5280 §4.2.1.6).</summary>
    public static void WriteSubjectAlternativeName(AsnWriter writer, GrantedNames names, bool critical) =>
        Write(
            writer,
            Oids.SubjectAlternativeName,
            critical,
            value =>
            {
                using (value.PushSequence())
                {
                    foreach (string uri in names.Uris)
                    {
                        value.WriteCharacterString(UniversalTagNumber.IA5String, uri, UriTag);
                    }

                    foreach (string dns in names.Dns)
                    {
                        value.WriteCharacterString(UniversalTagNumber.IA5String, dns, DnsTag);
                    }

                    foreach (IPAddress address in names.Addresses)
                    {
                        value.WriteOctetString(address.GetAddressBytes(), AddressTag);
                    }
                }
            }
        );

    /// <summary>One distribution point with one full name; not critical (RFC 5280 §4.2.1.13 SHOULD).</summary>
    public static void WriteCrlDistributionPoint(AsnWriter writer, string uri) =>
        Write(
            writer,
            Oids.CrlDistributionPoints,
            critical: false,
            value =>
            {
                using (value.PushSequence())
                using (value.PushSequence())
                using (value.PushSequence(DistributionPointTag))
                using (value.PushSequence(FullNameTag))
                {
                    value.WriteCharacterString(UniversalTagNumber.IA5String, uri, UriTag);
                }
            }
        );

    /// <summary>One OCSP responder; never critical (RFC 5280 §4.2.2.1).</summary>
    public static void WriteOcspResponder(AsnWriter writer, string uri) =>
        Write(
            writer,
            Oids.AuthorityInformationAccess,
            critical: false,
            value =>
            {
                using (value.PushSequence())
                using (value.PushSequence())
                {
                    value.WriteObjectIdentifier(Oids.OcspAccess);
                    value.WriteCharacterString(UniversalTagNumber.IA5String, uri, UriTag);
                }
            }
        );

    /// <summary>Exempts a responder's certificate from revocation checks (RFC 6960 §4.2.2.2.1).</summary>
    public static void WriteOcspNoCheck(AsnWriter writer) =>
        Write(writer, Oids.OcspNoCheck, critical: false, value => value.WriteNull());

    internal static void Write(AsnWriter writer, string oid, bool critical, Action<AsnWriter> writeValue)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(oid);
            if (critical)
            {
                writer.WriteBoolean(true);
            }

            using (writer.PushOctetString())
            {
                writeValue(writer);
            }
        }
    }
}
