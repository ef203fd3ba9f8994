using System.Security.Cryptography;
using System.Text;

namespace Culvert.Platform.Transparency;

/// <summary>
/// An entry of the service's transparency log. Its digest covers signed or salted content and cannot be guessed, so
/// every organization may read the log.
/// </summary>
/// <param name="Kind">One of the constants below.</param>
/// <param name="Digest">SHA-256.</param>
public sealed record LogEntry(string Kind, byte[] Digest)
{
    /// <summary>The digest covers an agent's checkpoint of its call record: the compact JWS, in ASCII.</summary>
    public const string AgentCheckpoint = "agent_checkpoint";

    /// <summary>The digest covers an issued certificate in DER.</summary>
    public const string Certificate = "certificate";

    /// <summary>The digest is <c>body_digest</c> of an entry of the service's audit.</summary>
    public const string Audit = "audit";

    public static LogEntry FromCheckpoint(string token) =>
        new(AgentCheckpoint, SHA256.HashData(Encoding.ASCII.GetBytes(token)));

    /// <summary>The bytes that the tree's hash covers: <c>kind sha256:…</c>, without a line break.</summary>
    public byte[] ToBytes() => Encoding.ASCII.GetBytes(ToString());

    public byte[] ToHash() => MerkleHash.OfEntry(ToBytes());

    /// <inheritdoc/>
    public override string ToString() => $"{Kind} sha256:{Convert.ToHexStringLower(Digest)}";
}
