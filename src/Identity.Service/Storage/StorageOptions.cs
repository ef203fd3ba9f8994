using Culvert.Identity.Service.Storage.Postgres;

namespace Culvert.Identity.Service.Storage;

internal sealed record StorageOptions
{
    /// <summary>Relative to the state directory unless absolute.</summary>
    public string File { get; init; } = "identity.db";

    /// <summary>
    /// Below this free disk space, in bytes, new exchanges are refused, so that other decisions can still be recorded (S31).
    /// </summary>
    public long DiskReserveBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>How long a batch waits for more decisions: useful values are 0–500 µs; 0 = it does not wait.</summary>
    public TimeSpan CommitLinger { get; init; } = TimeSpan.Zero;

    /// <summary>Null = SQLite.</summary>
    public PostgresOptions? Postgres { get; init; }

    /// <summary>Applies pending migrations at start; otherwise the start fails.</summary>
    public bool ApplyMigrations { get; init; }
}
