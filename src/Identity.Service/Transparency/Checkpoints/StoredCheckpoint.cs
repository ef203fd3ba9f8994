namespace Culvert.Identity.Service.Transparency.Checkpoints;

/// <summary>An agent's signed statement of how far its record of calls reaches.</summary>
internal sealed record StoredCheckpoint
{
    public required long Ordinal { get; init; }

    public required string TunnelId { get; init; }

    public required string InstanceId { get; init; }

    /// <summary>The latest record at that time.</summary>
    public required long Sequence { get; init; }

    /// <summary>That record's hash, in lower-case hexadecimal.</summary>
    public required string Head { get; init; }

    public required DateTimeOffset SignedAt { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>How it contradicts an earlier one: <c>fork</c> or <c>rollback</c>; null = it does not.</summary>
    public string? Alarm { get; init; }

    /// <summary>The compact JWS.</summary>
    public required string Token { get; init; }

    /// <summary>Its index in the transparency log; null = not added yet.</summary>
    public long? Entry { get; init; }
}
