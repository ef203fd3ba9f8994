using System.Text.Json.Serialization;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Transparency.Checkpoints;

/// <summary>An agent's checkpoint as administrators see it.</summary>
internal sealed record AgentCheckpointDocument
{
    [JsonPropertyName("type")]
    public string Type { get; } = "agent_checkpoint";

    [JsonPropertyName("tunnel_id")]
    public required string TunnelId { get; init; }

    [JsonPropertyName("instance_id")]
    public required string InstanceId { get; init; }

    [JsonPropertyName("sequence")]
    public required long Sequence { get; init; }

    [JsonPropertyName("head")]
    public required string Head { get; init; }

    [JsonPropertyName("signed_at")]
    public required DateTime SignedAt { get; init; }

    [JsonPropertyName("received_at")]
    public required DateTime ReceivedAt { get; init; }

    /// <summary><c>fork</c> or <c>rollback</c> if it contradicts an earlier one.</summary>
    [JsonPropertyName("alarm")]
    public required string? Alarm { get; init; }

    /// <summary>Its index in the transparency log; null until it is added.</summary>
    [JsonPropertyName("index")]
    public required long? Index { get; init; }

    /// <summary>As signed by the agent.</summary>
    [JsonPropertyName("checkpoint")]
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
