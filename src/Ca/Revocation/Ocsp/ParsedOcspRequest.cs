using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Ocsp;
using Org.BouncyCastle.Asn1.X509;

namespace Culvert.Ca.Revocation.Ocsp;

/// <summary>
/// A request for the states of certificates (RFC 6960 §4.1), read strictly: DER, bounded, no unknown critical extension.
/// A signature and a requestor's name are allowed and mean nothing here: every caller gets the same answer.
/// </summary>
public sealed class ParsedOcspRequest
{
    /// <summary>Bound on the request, in octets; one with a single certificate has about a hundred.</summary>
    public const int MaxBytes = 4096;

    /// <summary>Bound on the certificates of one request. RFC 5019 §2.1.1 allows clients a single one.</summary>
    public const int MaxCertificates = 8;

    /// <summary>Nonces of 1 to 32 octets are repeated (RFC 9654 §2.1).</summary>
    public const int MaxNonce = 32;

    // RFC 9654 §2.1: beyond it, and at zero, the request is malformed; between MaxNonce and it, the nonce may be ignored.
    private const int LongestNonce = 128;

    private ParsedOcspRequest(IReadOnlyList<OcspCertificateId> certificates, ReadOnlyMemory<byte>? nonce)
    {
        Certificates = certificates;
        Nonce = nonce;
    }

    /// <summary>At least one.</summary>
    public IReadOnlyList<OcspCertificateId> Certificates { get; }

    /// <summary>What the answer has to repeat; null when there is nothing to repeat.</summary>
    public ReadOnlyMemory<byte>? Nonce { get; }

    /// <summary>Reads one request.</summary>
    /// <returns>Null when the bytes are anything else.</returns>
    public static ParsedOcspRequest? TryParse(ReadOnlyMemory<byte> encoded)
    {
        if (encoded.Length is 0 or > MaxBytes)
        {
            return null;
        }

        byte[] bytes = encoded.ToArray();
        try
        {
            OcspRequest request = OcspRequest.GetInstance(Asn1Object.FromByteArray(bytes));

            // The library reads BER, too. What it would write differently was not DER.
            return request.GetDerEncoded().AsSpan().SequenceEqual(bytes) ? Read(request.TbsRequest) : null;
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // The library does not say what it throws on which bytes; whatever it is, the bytes are to blame.
            return null;
        }
    }

    private static ParsedOcspRequest? Read(TbsRequest request)
    {
        if (request.Version is { } version && version.Value.SignValue != 0)
        {
            return null;
        }

        if (
            request.RequestList.Count is 0 or > MaxCertificates
            || HasUnknownCritical(request.RequestExtensions, OcspObjectIdentifiers.PkixOcspNonce)
        )
        {
            return null;
        }

        List<OcspCertificateId> certificates = [];
        foreach (Asn1Encodable one in request.RequestList)
        {
            Request asked = Request.GetInstance(one);
            if (
                HasUnknownCritical(asked.SingleRequestExtensions, known: null)
                || OcspCertificateId.Read(asked.ReqCert) is not { } certificate
            )
            {
                return null;
            }

            certificates.Add(certificate);
        }

        if (request.RequestExtensions?.GetExtension(OcspObjectIdentifiers.PkixOcspNonce) is not { } extension)
        {
            return new ParsedOcspRequest(certificates, null);
        }

        byte[] nonce = Asn1OctetString.GetInstance(extension.GetParsedValue()).GetOctets();
        return nonce.Length switch
        {
            0 or > LongestNonce => null,
            > MaxNonce => new ParsedOcspRequest(certificates, null),
            _ => new ParsedOcspRequest(certificates, nonce),
        };
    }

    private static bool HasUnknownCritical(X509Extensions? extensions, DerObjectIdentifier? known) =>
        extensions is not null
        && extensions.GetExtensionOids().Any(oid => !oid.Equals(known) && extensions.GetExtension(oid).IsCritical);
}
