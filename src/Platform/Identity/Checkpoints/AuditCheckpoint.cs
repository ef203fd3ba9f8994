using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Culvert.Platform.Certificates;

namespace Culvert.Platform.Identity.Checkpoints;

/// <summary>
/// A signed word on how far an audit chain reached (S30), after its signature held: a node's of the service's audit, or an
/// agent's of the calls that it recorded.
/// </summary>
/// <param name="Node">Whose chain: a node of the service, or an agent's instance.</param>
/// <param name="Sequence">The newest entry then, counted from 1.</param>
/// <param name="Head">That entry's hash, in lower-case hex.</param>
/// <param name="Time">When it was signed.</param>
public sealed record AuditCheckpoint(string Node, long Sequence, string Head, DateTimeOffset Time)
{
    private const string Type = "culvert-checkpoint+jws";
    private const string CallsType = "culvert-call-checkpoint+jws";
    private const int MaxCharacters = 32 * 1024;
    private const int MaxCertificates = 8;

    /// <summary>
    /// Reads a compact JWS (RFC 7515) and checks its signature by the certificate in its header, which must be that of
    /// the node it speaks for, valid when it was signed. Null when anything of that does not hold.
    /// </summary>
    public static AuditCheckpoint? Verify(string token, PlatformTrust trust) =>
        Verify(token, trust, Type, PeerRole.Service, "");

    /// <summary>As <see cref="Verify(string, PlatformTrust)"/>, of an agent's record of calls.</summary>
    /// <param name="token">The compact JWS.</param>
    /// <param name="trust">The platform roots.</param>
    /// <param name="tunnelId">The agent's tunnel.</param>
    public static AuditCheckpoint? VerifyCalls(string token, PlatformTrust trust, string tunnelId) =>
        Verify(token, trust, CallsType, PeerRole.Agent, tunnelId);

    /// <summary>
    /// An agent's checkpoint of its record of calls, signed with the key of its platform certificate. Null: the key is
    /// not one for ES256.
    /// </summary>
    public static string? SignCalls(
        KeyAndCertificate signer,
        string instance,
        long sequence,
        string head,
        DateTimeOffset at
    )
    {
        ArgumentNullException.ThrowIfNull(signer);
        using var key = signer.Certificate.GetECDsaPrivateKey();
        if (key is not { KeySize: 256 })
        {
            return null;
        }

        var header = Encode(json =>
        {
            json.WriteString("alg"u8, "ES256"u8);
            json.WriteString("typ"u8, CallsType);
            json.WriteStartArray("x5c"u8);
            foreach (var certificate in signer.Chain.Prepend(signer.Certificate))
            {
                json.WriteStringValue(Convert.ToBase64String(certificate.RawData));
            }

            json.WriteEndArray();
        });
        var payload = Encode(json =>
        {
            json.WriteString("node"u8, instance);
            json.WriteNumber("sequence"u8, sequence);
            json.WriteString("head"u8, head);
            json.WriteString("time"u8, at.UtcDateTime);
        });
        var signature = key.SignData(Encoding.ASCII.GetBytes($"{header}.{payload}"), HashAlgorithmName.SHA256);
        return $"{header}.{payload}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Encode(Action<Utf8JsonWriter> members)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return Base64Url.EncodeToString(buffer.ToArray());
    }

    private static AuditCheckpoint? Verify(
        string token,
        PlatformTrust trust,
        string type,
        PeerRole role,
        string tunnelId
    )
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
                ReadSigner(header.RootElement, type) is { } signer
                && Read(payload.RootElement) is { } checkpoint
                && Signer(signer, checkpoint, trust, role) is { } id
                && id.Name == checkpoint.Node
                && (id.TunnelId ?? "") == tunnelId
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

    private static X509Certificate2[]? ReadSigner(JsonElement header, string type)
    {
        if (header.GetProperty("alg").GetString() != "ES256" || header.GetProperty("typ").GetString() != type)
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

    private static SpiffeId? Signer(
        X509Certificate2[] signer,
        AuditCheckpoint checkpoint,
        PlatformTrust trust,
        PeerRole role
    ) =>
        new PeerVerifier(trust)
            .Verify(signer[0], new X509Certificate2Collection(signer[1..]), role, checkpoint.Time)
            .Id;

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
