using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
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

    private static Func<SpiffeId, AuditCheckpoint, bool> IsAgentOf(string tunnelId) =>
        (signer, checkpoint) => signer.Name == checkpoint.Node && signer.TunnelId == tunnelId;

    private static bool IsHostChain(string node) =>
        node == HostCommands || node.StartsWith(HostCommands + "-r", StringComparison.Ordinal);
}
