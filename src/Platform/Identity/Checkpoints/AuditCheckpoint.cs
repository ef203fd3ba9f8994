using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Culvert.Platform.Certificates;

namespace Culvert.Platform.Identity.Checkpoints;

/// <summary>A node's signed word on how far its audit chain reached (S30), after its signature held.</summary>
/// <param name="Node">Whose chain.</param>
/// <param name="Sequence">The newest entry then, counted from 1.</param>
/// <param name="Head">That entry's hash, in lower-case hex.</param>
/// <param name="Time">When it was signed.</param>
public sealed record AuditCheckpoint(string Node, long Sequence, string Head, DateTimeOffset Time)
{
    private const string Type = "culvert-checkpoint+jws";
    private const int MaxCharacters = 32 * 1024;
    private const int MaxCertificates = 8;

    /// <summary>
    /// Reads a compact JWS (RFC 7515) and checks its signature by the certificate in its header, which must be that of
    /// the node it speaks for, valid when it was signed. Null when anything of that does not hold.
    /// </summary>
    public static AuditCheckpoint? Verify(string token, PlatformTrust trust)
    {
        var parts = token.Length <= MaxCharacters ? token.Split('.') : [];
        if (parts.Length != 3)
        {
            return null;
        }

        try
        {
            using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[0]));
            using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
            return
                ReadSigner(header.RootElement) is { } signer
                && Read(payload.RootElement) is { } checkpoint
                && IsNode(signer, checkpoint, trust)
                && IsSigned(signer[0], parts)
                ? checkpoint
                : null;
        }
        catch (Exception e)
            when (e
                    is FormatException
                        or JsonException
                        or InvalidOperationException
                        or KeyNotFoundException
                        or CryptographicException
                        or ArgumentException
            )
        {
            return null;
        }
    }

    private static X509Certificate2[]? ReadSigner(JsonElement header)
    {
        if (header.GetProperty("alg").GetString() != "ES256" || header.GetProperty("typ").GetString() != Type)
        {
            return null;
        }

        var chain = header.GetProperty("x5c");
        return chain.GetArrayLength() is > 0 and <= MaxCertificates
            ? [.. chain.EnumerateArray().Select(one => X509CertificateLoader.LoadCertificate(one.GetBytesFromBase64()))]
            : null;
    }

    private static AuditCheckpoint? Read(JsonElement payload)
    {
        var head = payload.GetProperty("head").GetString()!;
        var sequence = payload.GetProperty("sequence").GetInt64();
        return sequence > 0 && Convert.FromHexString(head).Length == SHA256.HashSizeInBytes
            ? new AuditCheckpoint(
                payload.GetProperty("node").GetString()!,
                sequence,
                head.ToLowerInvariant(),
                payload.GetProperty("time").GetDateTimeOffset()
            )
            : null;
    }

    private static bool IsNode(X509Certificate2[] signer, AuditCheckpoint checkpoint, PlatformTrust trust) =>
        new PeerVerifier(trust)
            .Verify(signer[0], new X509Certificate2Collection(signer[1..]), PeerRole.Service, checkpoint.Time)
            .Id?.Name == checkpoint.Node;

    private static bool IsSigned(X509Certificate2 signer, string[] parts)
    {
        using var key = signer.GetECDsaPublicKey();
        return key?.VerifyData(
                Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"),
                Base64Url.DecodeFromChars(parts[2]),
                HashAlgorithmName.SHA256
            ) == true;
    }
}
