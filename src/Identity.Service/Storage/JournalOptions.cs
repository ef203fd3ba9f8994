namespace Culvert.Identity.Service.Storage;

internal sealed record JournalOptions
{
    /// <summary>How long a batch waits for company.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.Zero;

    public long DiskReserveBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>Free bytes where the database lies; replaced by tests.</summary>
    public Func<long>? FreeBytes { get; init; }

    /// <summary>Runs on the writer's thread at each point of a batch; for error injection.</summary>
    public Action<JournalPoint>? Probe { get; init; }

    /// <summary>Sees what the writer is about to write, before the first point; for error injection.</summary>
    public Action<IReadOnlyList<PendingDecision>>? Batch { get; init; }

    /// <summary>Pause between two attempts of a failed store to prove itself.</summary>
    public TimeSpan ProveEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The clock by which a node knows how long it has not seen other nodes' changes.</summary>
    public TimeProvider Pulse { get; init; } = TimeProvider.System;

    /// <summary>Runs before each read of other nodes' changes; for error injection.</summary>
    public Action? WatchProbe { get; init; }
}
