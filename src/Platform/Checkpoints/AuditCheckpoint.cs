using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Culvert.Platform.Certificates;

namespace Culvert.Platform.Checkpoints;

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
    private const string HostCommands = "host-commands";
    private const int MaxCharacters = 32 * 1024;
    private const int MaxCertificates = 8;

    /// <summary>
    /// Reads a compact JWS (RFC 7515) and checks its signature by the certificate in its header, which must be that of
    /// the node it speaks for, valid when it was signed. Null when anything of that does not hold.
    /// </summary>
    public static AuditCheckpoint? Verify(string token, PlatformTrust trust) =>
        Verify(token, Type, _ => trust, PeerRole.Service, IsOwn).Checkpoint;

    /// <summary>
    /// As <see cref="Verify(string, PlatformTrust)"/>, for a reader who has the platform roots alone, and also for the
    /// chains of commands on the host: these commands have no certificate, so any node signs for them.
    /// </summary>
    public static (AuditCheckpoint? Checkpoint, CheckpointRefusal Refusal) Verify(
        string token,
        X509Certificate2Collection roots
    ) =>
        Verify(
            token,
            Type,
            signer => PlatformTrust.TryCreate(signer, roots, out var trust) ? trust : null,
            PeerRole.Service,
            static (signer, checkpoint) => IsOwn(signer, checkpoint) || IsHostChain(checkpoint.Node)
        );

    /// <summary>As <see cref="Verify(string, PlatformTrust)"/>, of an agent's record of calls.</summary>
    /// <param name="token">The compact JWS.</param>
    /// <param name="trust">The platform roots.</param>
    /// <param name="tunnelId">The agent's tunnel.</param>
    public static AuditCheckpoint? VerifyCalls(string token, PlatformTrust trust, string tunnelId) =>
        Verify(token, CallsType, _ => trust, PeerRole.Agent, IsAgentOf(tunnelId)).Checkpoint;

    /// <summary>As the other, for a reader who has the platform roots alone.</summary>
    public static (AuditCheckpoint? Checkpoint, CheckpointRefusal Refusal) VerifyCalls(
        string token,
        X509Certificate2Collection roots,
        string tunnelId
    ) =>
        Verify(
            token,
            CallsType,
            signer => PlatformTrust.TryCreate(signer, roots, out var trust) ? trust : null,
            PeerRole.Agent,
            IsAgentOf(tunnelId)
        );

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

    private static (AuditCheckpoint? Checkpoint, CheckpointRefusal Refusal) Verify(
        string token,
        string type,
        Func<X509Certificate2, PlatformTrust?> findTrust,
        PeerRole role,
        Func<SpiffeId, AuditCheckpoint, bool> maySign
    )
    {
        var parts = token.Length <= MaxCharacters ? token.Split('.') : [];
        if (parts.Length != 3)
        {
            return (null, CheckpointRefusal.Unreadable);
        }

        try
        {
            using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[0]));
            using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
            if (!IsOfType(header.RootElement, type))
            {
                return (null, CheckpointRefusal.OtherType);
            }

            if (ReadSigner(header.RootElement) is not { } signer || Read(payload.RootElement) is not { } checkpoint)
            {
                return (null, CheckpointRefusal.Unreadable);
            }

            var refusal = CheckSigner(signer, checkpoint, findTrust(signer[0]), role, maySign);
            return refusal != CheckpointRefusal.None ? (null, refusal)
                : IsSigned(signer[0], parts) ? (checkpoint, CheckpointRefusal.None)
                : (null, CheckpointRefusal.Signature);
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
            return (null, CheckpointRefusal.Unreadable);
        }
    }

    private static bool IsOfType(JsonElement header, string type) =>
        header.GetProperty("alg").GetString() == "ES256" && header.GetProperty("typ").GetString() == type;

    private static X509Certificate2[]? ReadSigner(JsonElement header)
    {
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

    // Its identity first: without one there is no trust domain to look for a chain in.
    private static CheckpointRefusal CheckSigner(
        X509Certificate2[] signer,
        AuditCheckpoint checkpoint,
        PlatformTrust? trust,
        PeerRole role,
        Func<SpiffeId, AuditCheckpoint, bool> maySign
    )
    {
        if (trust is null)
        {
            return CheckpointRefusal.OtherSigner;
        }

        var verified = new PeerVerifier(trust).Verify(
            signer[0],
            new X509Certificate2Collection(signer[1..]),
            role,
            checkpoint.Time
        );
        return verified switch
        {
            { Id: { } id } => maySign(id, checkpoint) ? CheckpointRefusal.None : CheckpointRefusal.OtherSigner,
            { Refusal: PeerRefusal.Untrusted or PeerRefusal.NotYetValid or PeerRefusal.Expired } =>
                CheckpointRefusal.Untrusted,
            _ => CheckpointRefusal.OtherSigner,
        };
    }

    private static bool IsOwn(SpiffeId signer, AuditCheckpoint checkpoint) => signer.Name == checkpoint.Node;

    private static Func<SpiffeId, AuditCheckpoint, bool> IsAgentOf(string tunnelId) =>
        (signer, checkpoint) => signer.Name == checkpoint.Node && signer.TunnelId == tunnelId;

    private static bool IsHostChain(string node) =>
        node == HostCommands || node.StartsWith(HostCommands + "-r", StringComparison.Ordinal);

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
