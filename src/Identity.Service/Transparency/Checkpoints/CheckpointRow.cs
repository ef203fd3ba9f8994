using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Transparency.Checkpoints;

/// <summary>A row of <c>agent_checkpoints</c> with its header, as Dapper reads it.</summary>
internal sealed record CheckpointRow
{
    public long Ordinal { get; init; }

    public required string TunnelId { get; init; }

    public required string InstanceId { get; init; }

    public long Sequence { get; init; }

    public required string Head { get; init; }

    public long SignedAt { get; init; }

    public long ReceivedAt { get; init; }

    public string? Alarm { get; init; }

    public required string Header { get; init; }

    public required string SignedPart { get; init; }

    public long? Entry { get; init; }

    public StoredCheckpoint ToCheckpoint() =>
        new()
        {
            Ordinal = Ordinal,
            TunnelId = TunnelId,
            InstanceId = InstanceId,
            Sequence = Sequence,
            Head = Head,
            SignedAt = Instants.FromStore(SignedAt),
            ReceivedAt = Instants.FromStore(ReceivedAt),
            Alarm = Alarm,
            Token = $"{Header}.{SignedPart}",
            Entry = Entry,
        };
}
