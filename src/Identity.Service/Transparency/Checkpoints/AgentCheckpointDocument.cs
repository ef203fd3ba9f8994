using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Transparency.Checkpoints;

/// <summary>An agent's checkpoint as administrators see it.</summary>
internal sealed record AgentCheckpointDocument
{
    public string Type { get; } = "agent_checkpoint";

    public required string TunnelId { get; init; }

    public required string InstanceId { get; init; }

    public required long Sequence { get; init; }

    public required string Head { get; init; }

    public required DateTime SignedAt { get; init; }

    public required DateTime ReceivedAt { get; init; }

    /// <summary><c>fork</c> or <c>rollback</c> if it contradicts an earlier one.</summary>
    public required string? Alarm { get; init; }

    /// <summary>Its index in the transparency log; null until it is added.</summary>
    public required long? Index { get; init; }

    /// <summary>As signed by the agent.</summary>
    public required string Checkpoint { get; init; }

    public static AgentCheckpointDocument Of(StoredCheckpoint stored) =>
        new()
        {
            TunnelId = stored.TunnelId,
            InstanceId = stored.InstanceId,
            Sequence = stored.Sequence,
            Head = stored.Head,
            SignedAt = Instants.FromStore(stored.SignedAtMs).UtcDateTime,
            ReceivedAt = Instants.FromStore(stored.ReceivedAtMs).UtcDateTime,
            Alarm = stored.Alarm,
            Index = stored.Entry,
            Checkpoint = stored.Token,
        };
}
