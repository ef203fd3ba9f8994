using System.ComponentModel.DataAnnotations.Schema;
using System.Security.Cryptography;
using System.Text;

namespace Culvert.Identity.Service.Transparency.Checkpoints;

/// <summary>
/// An agent's signed statement of how far its record of calls reaches: a row of <c>agent_checkpoints</c> with its header.
/// </summary>
internal sealed record StoredCheckpoint
{
    public required long Ordinal { get; init; }

    public required string TunnelId { get; init; }

    public required string InstanceId { get; init; }

    public required string OrganizationId { get; init; }

    /// <summary>The latest record at that time.</summary>
    public required long Sequence { get; init; }

    /// <summary>That record's hash, in lower-case hexadecimal.</summary>
    public required string Head { get; init; }

    public required long SignedAtMs { get; init; }

    public required long ReceivedAtMs { get; init; }

    /// <summary>How it contradicts an earlier one: <c>fork</c> or <c>rollback</c>; null = it does not.</summary>
    public string? Alarm { get; init; }

    /// <summary>Its index in the transparency log; null = not added yet.</summary>
    public long? Entry { get; init; }

    /// <summary>The compact JWS.</summary>
    [NotMapped]
    public required string Token
    {
        get => $"{Header}.{SignedPart}";
        init
        {
            var dot = value.IndexOf('.', StringComparison.Ordinal);
            Header = value[..dot];
            SignedPart = value[(dot + 1)..];
            HeaderDigest = SHA256.HashData(Encoding.ASCII.GetBytes(Header));
            Digest = SHA256.HashData(Encoding.ASCII.GetBytes(value));
        }
    }

    /// <summary>Many checkpoints have the same header, which is stored once.</summary>
    [NotMapped]
    public string Header { get; init; } = "";

    public string SignedPart { get; init; } = "";

    public byte[] HeaderDigest { get; init; } = [];

    public byte[] Digest { get; init; } = [];
}
