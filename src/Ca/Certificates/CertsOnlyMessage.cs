using System.Formats.Asn1;

namespace Culvert.Ca.Certificates;

/// <summary>
/// A bag of certificates as enrolment servers send it: SignedData without content and without signers (RFC 5652 §5,
/// RFC 7030 §4.1.3). Nothing in it is signed, so nothing in it is believed: it is only carried.
/// </summary>
/// <remarks>
/// <code>
/// ContentInfo ::= SEQUENCE { signedData OID, [0] EXPLICIT SignedData }
/// SignedData  ::= SEQUENCE { version INTEGER, digestAlgorithms SET, SEQUENCE { data OID }, [0] certificates SET,
///                            [1] crls SET OPTIONAL, signerInfos SET (empty) }
/// </code>
/// The wrapping may be BER, as CMS allows; each certificate is DER.
/// </remarks>
public static class CertsOnlyMessage
{
    /// <summary>Bound on the certificates of one message.</summary>
    public const int MaxCertificates = 16;

    private const string Data = "1.2.840.113549.1.7.1";
    private const string SignedData = "1.2.840.113549.1.7.2";

    private static readonly Asn1Tag ContentTag = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag CertificatesTag = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag ListsTag = new(TagClass.ContextSpecific, 1, isConstructed: true);

    /// <summary>The certificates in the order of the message; null when the bytes are anything else, or hold none.</summary>
    public static IReadOnlyList<ParsedCertificate>? TryRead(ReadOnlyMemory<byte> encoded)
    {
        try
        {
            var reader = new AsnReader(
                encoded,
                AsnEncodingRules.BER,
                // Nothing here depends on the order of a set.
                new AsnReaderOptions { SkipSetSortOrderVerification = true }
            );
            AsnReader message = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            return Read(message);
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    private static List<ParsedCertificate>? Read(AsnReader message)
    {
        if (message.ReadObjectIdentifier() != SignedData)
        {
            return null;
        }

        AsnReader wrapper = message.ReadSequence(ContentTag);
        message.ThrowIfNotEmpty();
        AsnReader signed = wrapper.ReadSequence();
        wrapper.ThrowIfNotEmpty();
        signed.ReadInteger();
        signed.ReadSetOf();
        AsnReader content = signed.ReadSequence();
        if (content.ReadObjectIdentifier() != Data || content.HasData)
        {
            return null;
        }

        if (!signed.HasData || !signed.PeekTag().HasSameClassAndValue(CertificatesTag))
        {
            return null;
        }

        List<ParsedCertificate>? certificates = ReadCertificates(signed.ReadSetOf(CertificatesTag));
        if (signed.HasData && signed.PeekTag().HasSameClassAndValue(ListsTag))
        {
            signed.ReadEncodedValue();
        }

        // What is signed says more than certificates: it is another message.
        bool hasSigners = signed.ReadSetOf().HasData;
        signed.ThrowIfNotEmpty();
        return hasSigners ? null : certificates;
    }

    private static List<ParsedCertificate>? ReadCertificates(AsnReader set)
    {
        List<ParsedCertificate> certificates = [];
        while (set.HasData)
        {
            if (
                certificates.Count == MaxCertificates
                || ParsedCertificate.TryParse(set.ReadEncodedValue()) is not { } certificate
            )
            {
                return null;
            }

            certificates.Add(certificate);
        }

        return certificates.Count > 0 ? certificates : null;
    }
}
