using System.Text.Json.Serialization;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Transparency.Checkpoints;

/// <summary>An agent's checkpoint as administrators see it.</summary>
/// <param name="Alarm"><c>fork</c> or <c>rollback</c> if it contradicts an earlier one.</param>
/// <param name="Index">Its index in the transparency log; null until it is added.</param>
/// <param name="Checkpoint">As signed by the agent.</param>
internal sealed record AgentCheckpointDocument(
    string TunnelId,
    string InstanceId,
    long Sequence,
    string Head,
    DateTime SignedAt,
    DateTime ReceivedAt,
    string? Alarm,
    long? Index,
    string Checkpoint
)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "agent_checkpoint";

    public static AgentCheckpointDocument From(StoredCheckpoint stored) =>
        new(
            TunnelId: stored.TunnelId,
            InstanceId: stored.InstanceId,
            Sequence: stored.Sequence,
            Head: stored.Head,
            SignedAt: Instants.FromStore(stored.SignedAtMs).UtcDateTime,
            ReceivedAt: Instants.FromStore(stored.ReceivedAtMs).UtcDateTime,
            Alarm: stored.Alarm,
            Index: stored.Entry,
            Checkpoint: stored.Token
        );
}
