namespace Culvert.Identity.Service.Storage.Postgres;

/// <summary>A journal row, ready to be written at its place in the chain.</summary>
internal readonly record struct EntryRow(PendingDecision Pending, long Sequence, long Ordinal, byte[] Hash)
{
    public byte[]? ReplayKey { get; } = Pending.Decision.Replay?.ToArray();
}
