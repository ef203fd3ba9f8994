using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Cms;

namespace Culvert.Ca.Certificates;

/// <summary>
/// A bundle of certificates from an enrolment server: SignedData without content or signers (RFC 5652 §5, RFC 7030 §4.1.3).
/// Nothing in it is signed, so nothing in it is trusted.
/// </summary>
/// <remarks>The wrapper may be BER, as CMS allows; each certificate is DER.</remarks>
public static class CertsOnlyMessage
{
    public const int MaxCertificates = 16;

    /// <summary>The certificates in the order of the message; null for other bytes, or without a certificate.</summary>
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
            // The library documents no exceptions for malformed input, so any exception means malformed input.
            return null;
        }
    }

    private static List<ParsedCertificate>? Read(SignedData message)
    {
        // A message with signers or content is not a certs-only message.
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
