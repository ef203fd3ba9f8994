using System.Buffers.Text;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Culvert.Identity.Service.Events;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Audit;

/// <summary>
/// A node's signed statement of how far its chain reaches (S30): a JWS (RFC 7515) with the node's certificate in its header,
/// so that a reader needs only the platform root, even years later.
/// </summary>
internal static class AuditCheckpoint
{
    public const string Type = "culvert-checkpoint+jws";

    /// <summary>Null if the certificate's key does not belong to the service.</summary>
    public static string? Sign(
        SslStreamCertificateContext signer,
        string node,
        long sequence,
        ReadOnlySpan<byte> head,
        DateTimeOffset at
    )
    {
        using var key = signer.TargetCertificate.GetECDsaPrivateKey();
        if (key is null)
        {
            return null;
        }

        var content = $"{Encode(Header(signer))}.{Encode(Payload(node, sequence, head, at))}";
        var signature = key.SignData(Encoding.ASCII.GetBytes(content), HashAlgorithmName.SHA256);
        return $"{content}.{Base64Url.EncodeToString(signature)}";
    }

    private static AuditData Header(SslStreamCertificateContext signer) =>
        [
            ("alg", "ES256"),
            ("typ", Type),
            (
                "x5c",
                signer
                    .IntermediateCertificates.Prepend(signer.TargetCertificate)
                    .Select(certificate => Convert.ToBase64String(certificate.RawData))
            ),
        ];

    private static AuditData Payload(string node, long sequence, ReadOnlySpan<byte> head, DateTimeOffset at) =>
        [
            ("type", "audit_checkpoint"),
            ("node", node),
            ("sequence", sequence),
            ("head", Convert.ToHexStringLower(head)),
            ("time", UtcTimeConverter.FormatSecond(at)),
        ];

    private static string Encode(AuditData content) => Base64Url.EncodeToString(content.Encode());
}
