namespace Culvert.Identity.Service.Storage;

internal sealed record JournalOptions
{
    public TimeSpan Linger { get; init; } = TimeSpan.Zero;

    public long DiskReserveBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>The free space, in bytes, of the database's disk; tests replace it.</summary>
    public Func<long>? FreeBytes { get; init; }

    /// <summary>Runs on the writer's thread at each point of a batch; for error injection.</summary>
    public Action<JournalPoint>? Probe { get; init; }

    /// <summary>Receives each batch before the first point; for error injection.</summary>
    public Action<IReadOnlyList<PendingDecision>>? Batch { get; init; }

    /// <summary>The pause between two attempts to prove a failed store.</summary>
    public TimeSpan ProveEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The clock that measures how long this node has not seen other nodes' changes.</summary>
    public TimeProvider Pulse { get; init; } = TimeProvider.System;

    /// <summary>Runs before each read of other nodes' changes; for error injection.</summary>
    public Action? WatchProbe { get; init; }
}
