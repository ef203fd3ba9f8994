using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Ocsp;
using Org.BouncyCastle.Asn1.X509;

namespace Culvert.Ca.Revocation.Ocsp;

/// <summary>
/// A request for certificate states (RFC 6960 §4.1), strictly parsed: DER, limited size, no unknown critical extension. A
/// signature and a requestor's name are allowed but ignored: every caller gets the same answer.
/// </summary>
public sealed class ParsedOcspRequest
{
    /// <summary>Limit of the request, in octets; a request for one certificate has about a hundred.</summary>
    public const int MaxBytes = 4096;

    /// <summary>Limit of the certificates of one request. RFC 5019 §2.1.1 allows clients only one.</summary>
    public const int MaxCertificates = 8;

    /// <summary>Nonces of 1 to 32 octets are repeated (RFC 9654 §2.1).</summary>
    public const int MaxNonce = 32;

    // RFC 9654 §2.1: a longer nonce, or an empty one, is malformed; between MaxNonce and this, it may be ignored.
    private const int LongestNonce = 128;

    private ParsedOcspRequest(IReadOnlyList<OcspCertificateId> certificates, ReadOnlyMemory<byte>? nonce)
    {
        Certificates = certificates;
        Nonce = nonce;
    }

    /// <summary>At least one.</summary>
    public IReadOnlyList<OcspCertificateId> Certificates { get; }

    public ReadOnlyMemory<byte>? Nonce { get; }

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

            // The library also parses BER; what it would write differently was not DER.
            return request.GetDerEncoded().AsSpan().SequenceEqual(bytes) ? Read(request.TbsRequest) : null;
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // The library documents no exceptions for malformed input, so any exception means malformed input.
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
