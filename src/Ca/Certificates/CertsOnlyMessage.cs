using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Cms;

namespace Culvert.Ca.Certificates;

/// <summary>
/// A bag of certificates as enrolment servers send it: SignedData without content and without signers (RFC 5652 §5,
/// RFC 7030 §4.1.3). Nothing in it is signed, so nothing in it is believed: it is only carried.
/// </summary>
/// <remarks>The wrapping may be BER, as CMS allows; each certificate is DER.</remarks>
public static class CertsOnlyMessage
{
    /// <summary>Bound on the certificates of one message.</summary>
    public const int MaxCertificates = 16;

    /// <summary>The certificates in the order of the message; null when the bytes are anything else, or hold none.</summary>
    public static IReadOnlyList<ParsedCertificate>? TryRead(ReadOnlyMemory<byte> encoded)
    {
        try
        {
            ContentInfo message = ContentInfo.GetInstance(Asn1Object.FromByteArray(encoded.ToArray()));
            return CmsObjectIdentifiers.SignedData.Equals(message.ContentType)
                ? Read(SignedData.GetInstance(message.Content))
                : null;
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // The library does not say what it throws on which bytes; whatever it is, the bytes are to blame.
            return null;
        }
    }

    private static List<ParsedCertificate>? Read(SignedData message)
    {
        // What is signed, or carries content, says more than certificates: it is another message.
        if (
            message.SignerInfos.Count > 0
            || message.EncapContentInfo is not { Content: null } content
            || !CmsObjectIdentifiers.Data.Equals(content.ContentType)
            || message.Certificates is not { Count: > 0 and <= MaxCertificates } set
        )
        {
            return null;
        }

        List<ParsedCertificate> certificates = [];
        foreach (Asn1Encodable one in set)
        {
            if (ParsedCertificate.TryParse(one.GetEncoded()) is not { } certificate)
            {
                return null;
            }

            certificates.Add(certificate);
        }

        return certificates;
    }
}
