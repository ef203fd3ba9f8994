using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Culvert.Platform.Certificates;

namespace Culvert.Platform.Checkpoints;

/// <summary>A verified statement of how far an audit chain reached (S30): of a node's audit or an agent's calls.</summary>
/// <param name="Node">The owner of the chain: a node of the service, or an agent's instance.</param>
/// <param name="Sequence">The newest entry at that time, counted from 1.</param>
/// <param name="Head">That entry's hash, lower-case hex.</param>
/// <param name="Time">When it was signed.</param>
public sealed record AuditCheckpoint(string Node, long Sequence, string Head, DateTimeOffset Time)
{
    private const string Type = "culvert-checkpoint+jws";
    private const string CallsType = "culvert-call-checkpoint+jws";
    private const string HostCommands = "host-commands";

    /// <summary>
    /// Verifies a compact JWS (RFC 7515) by the certificate in its header, which must belong to the named node and be
    /// valid at the signing time; null when a check fails.
    /// </summary>
    public static AuditCheckpoint? Verify(string token, PlatformTrust trust) =>
        Verify(token, Type, _ => trust, PeerRole.Service, IsOwn).Checkpoint;

    /// <summary>
    /// As <see cref="Verify(string, PlatformTrust)"/>, with only the platform roots. Also accepts the chains of
    /// commands on the host: these have no certificate, so any node signs for them.
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

    /// <summary>As <see cref="Verify(string, PlatformTrust)"/>, for an agent's call record.</summary>
    public static AuditCheckpoint? VerifyCalls(string token, PlatformTrust trust, string tunnelId) =>
        Verify(token, CallsType, _ => trust, PeerRole.Agent, IsAgent(tunnelId)).Checkpoint;

    /// <summary>As the other overload, for a caller that has only the platform roots.</summary>
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
            IsAgent(tunnelId)
        );

    /// <summary>An agent's checkpoint of its call record; null when the key does not support ES256.</summary>
    public static string? SignCalls(
        KeyAndCertificate signer,
        string instance,
        long sequence,
        string head,
        DateTimeOffset at
    ) =>
        SignedStatement.Sign(
            signer,
            CallsType,
            json =>
            {
                json.WriteString("node"u8, instance);
                json.WriteNumber("sequence"u8, sequence);
                json.WriteString("head"u8, head);
                json.WriteString("time"u8, at.UtcDateTime);
            }
        );

    private static (AuditCheckpoint? Checkpoint, CheckpointRefusal Refusal) Verify(
        string token,
        string type,
        Func<X509Certificate2, PlatformTrust?> findTrust,
        PeerRole role,
        Func<SpiffeId, AuditCheckpoint, bool> maySign
    ) => SignedStatement.Verify(token, type, findTrust, role, Read, checkpoint => checkpoint.Time, maySign);

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

    private static bool IsOwn(SpiffeId signer, AuditCheckpoint checkpoint) => signer.Name == checkpoint.Node;

    private static Func<SpiffeId, AuditCheckpoint, bool> IsAgent(string tunnelId) =>
        (signer, checkpoint) => signer.Name == checkpoint.Node && signer.TunnelId == tunnelId;

    private static bool IsHostChain(string node) =>
        node == HostCommands || node.StartsWith(HostCommands + "-r", StringComparison.Ordinal);
}
