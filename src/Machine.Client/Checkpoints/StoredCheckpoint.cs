using System.Text.Json.Serialization;
using Culvert.Platform.Checkpoints;
using Culvert.Platform.Wire;

namespace Culvert.Machine.Client.Checkpoints;

/// <summary>A line of the checkpoint file, also read by people and by <c>culvert audit verify --checkpoint</c>.</summary>
internal sealed record StoredCheckpoint
{
    public required string Node { get; init; }

    public required long Sequence { get; init; }

    public required string Head { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>One of <see cref="CheckpointAlarm"/>; null when it agrees with those before it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Alarm { get; init; }

    public required string Checkpoint { get; init; }

    public static StoredCheckpoint Create(AuditCheckpoint checkpoint, string token, string? alarm = null) =>
        new()
        {
            Node = checkpoint.Node,
            Sequence = checkpoint.Sequence,
            Head = checkpoint.Head,
            Time = checkpoint.Time,
            Alarm = alarm,
            Checkpoint = token,
        };
}
