using System.Security.Cryptography;
using Culvert.Ca.Keys;
using Culvert.Ca.Refusals;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Ocsp;
using Org.BouncyCastle.Asn1.X509;

namespace Culvert.Ca.Revocation.Ocsp;

/// <summary>Writes signed and unsigned OCSP responses (RFC 6960 §4.2).</summary>
public static class OcspAnswers
{
    /// <summary>The media type of requests (RFC 6960 appendix C.1).</summary>
    public const string RequestType = "application/ocsp-request";

    /// <summary>The media type of responses (RFC 6960 appendix C.2).</summary>
    public const string AnswerType = "application/ocsp-response";

    private static readonly Dictionary<OcspResult, byte[]> Unsigned = Enum.GetValues<OcspResult>()
        .Where(result => result != OcspResult.Successful)
        .ToDictionary(result => result, result => new OcspResponse(Code(result), null).GetDerEncoded());

    /// <summary>An error response, which is unsigned (RFC 6960 §2.3).</summary>
    public static ReadOnlyMemory<byte> Refuse(OcspResult result) => Unsigned[result];

    /// <summary>Returns the signed response, or why there is none.</summary>
    /// <param name="statuses">At least one; all of one authority.</param>
    /// <param name="signer">Signs for that authority.</param>
    /// <param name="thisUpdate">Time of the statuses and of the response, in whole seconds.</param>
    /// <param name="nextUpdate">How long the response may be used.</param>
    /// <param name="nonce">The nonce of the request; null = none.</param>
    public static CaResult<byte[]> Sign(
        IReadOnlyList<OcspStatus> statuses,
        OcspSigner signer,
        DateTimeOffset thisUpdate,
        DateTimeOffset nextUpdate,
        ReadOnlyMemory<byte>? nonce
    )
    {
        Asn1Encodable[] responses = [.. statuses.Select(status => Write(status, thisUpdate, nextUpdate))];
        var data = new ResponseData(
            // By key: a name adds no information to the certificate (RFC 6960 §4.2.1 fixes the hash to SHA-1).
            new ResponderID(
                new DerOctetString(
                    CryptographicOperations.HashData(HashAlgorithmName.SHA1, signer.PublicKey.KeyBits.Span)
                )
            ),
            ToGeneralizedTime(thisUpdate),
            new DerSequence(responses),
            nonce is { } asked ? CreateNonce(asked) : null
        );
        if (signer.Sign(data.GetDerEncoded()) is not { } signature)
        {
            return new CaRefusal(CaErrorCodes.SignerUnavailable, "The responder's key cannot sign at present.");
        }

        var signed = new BasicOcspResponse(
            data,
            AlgorithmIdentifier.GetInstance(
                Asn1Object.FromByteArray(SignatureScheme.For(signer.PublicKey).Identifier.ToArray())
            ),
            new DerBitString(signature),
            signer.Certificate is { } certificate
                ? new DerSequence(Asn1Object.FromByteArray(certificate.Encoded.ToArray()))
                : null
        );
        return new OcspResponse(
            Code(OcspResult.Successful),
            new ResponseBytes(OcspObjectIdentifiers.PkixOcspBasic, new DerOctetString(signed.GetDerEncoded()))
        ).GetDerEncoded();
    }

    private static SingleResponse Write(OcspStatus status, DateTimeOffset thisUpdate, DateTimeOffset nextUpdate) =>
        new(
            status.Certificate.Encoded,
            status.State switch
            {
                OcspState.Good => new CertStatus(),
                OcspState.Revoked => new CertStatus(ToRevokedInfo(status)),
                _ => new CertStatus((int)OcspState.Unknown, DerNull.Instance),
            },
            ToGeneralizedTime(thisUpdate),
            ToGeneralizedTime(nextUpdate),
            null
        );

    // RFC 5280 §5.3.1: unspecified is omitted.
    private static RevokedInfo ToRevokedInfo(OcspStatus status) =>
        new(
            ToGeneralizedTime(status.RevokedAt!.Value),
            status.Reason == RevocationReason.Unspecified ? null : new CrlReason((int)status.Reason)
        );

    // RFC 9654 §2.1.
    private static X509Extensions CreateNonce(ReadOnlyMemory<byte> nonce)
    {
        var extensions = new X509ExtensionsGenerator();
        extensions.AddExtension(
            OcspObjectIdentifiers.PkixOcspNonce,
            critical: false,
            new DerOctetString(nonce.ToArray())
        );
        return extensions.Generate();
    }

    // RFC 6960 §4.2.2.1: GeneralizedTime without fractions.
    private static Asn1GeneralizedTime ToGeneralizedTime(DateTimeOffset time) =>
        new(DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds()).UtcDateTime);

    private static OcspResponseStatus Code(OcspResult result) => new((int)result);
}
