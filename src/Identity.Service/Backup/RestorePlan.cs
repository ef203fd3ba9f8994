namespace Culvert.Identity.Service.Backup;

/// <summary>A restore that was checked and not begun.</summary>
internal sealed record RestorePlan
{
    public required string File { get; init; }

    public required BackupHeader Header { get; init; }

    public required long Rows { get; init; }

    /// <summary>Of the content that was checked: nothing else is restored.</summary>
    public required string Digest { get; init; }

    /// <summary>Migrations that the rows lack of this version.</summary>
    public required IReadOnlyList<string> Migrations { get; init; }

    /// <summary>Null: nothing was given, because nothing was changed after the backup.</summary>
    public required LaterHistory? Later { get; init; }

    /// <summary>Revocation lists that were published after the backup, by authority.</summary>
    public required IReadOnlyList<LaterRevocationList> Lists { get; init; }
}
