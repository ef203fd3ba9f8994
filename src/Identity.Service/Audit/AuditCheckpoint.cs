using System.Buffers.Text;
using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

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

    private static byte[] Header(SslStreamCertificateContext signer) =>
        Write(json =>
        {
            json.WriteString("alg", "ES256");
            json.WriteString("typ", Type);
            json.WriteStartArray("x5c");
            json.WriteStringValue(Convert.ToBase64String(signer.TargetCertificate.RawData));
            foreach (var issuer in signer.IntermediateCertificates)
            {
                json.WriteStringValue(Convert.ToBase64String(issuer.RawData));
            }

            json.WriteEndArray();
        });

    private static byte[] Payload(string node, long sequence, ReadOnlySpan<byte> head, DateTimeOffset at)
    {
        var hash = Convert.ToHexStringLower(head);
        return Write(json =>
        {
            json.WriteString("type", "audit_checkpoint");
            json.WriteString("node", node);
            json.WriteNumber("sequence", sequence);
            json.WriteString("head", hash);
            json.WriteString("time", at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        });
    }

    private static byte[] Write(Action<Utf8JsonWriter> members)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
