using Culvert.Identity.Service.Storage.Postgres;

namespace Culvert.Identity.Service.Storage;

internal sealed record StorageOptions
{
    /// <summary>Under the state directory unless absolute.</summary>
    public string File { get; init; } = "identity.db";

    /// <summary>Free bytes on the disk below which no new exchange is recorded, so that the rest still can be (S31).</summary>
    public long DiskReserveBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>How long a batch waits for company, 0–500 µs useful; 0 = not at all.</summary>
    public TimeSpan CommitLinger { get; init; } = TimeSpan.Zero;

    /// <summary>Null = SQLite.</summary>
    public PostgresOptions? Postgres { get; init; }

    /// <summary>Apply pending schema migrations at start instead of refusing to start.</summary>
    public bool ApplyMigrations { get; init; }
}
