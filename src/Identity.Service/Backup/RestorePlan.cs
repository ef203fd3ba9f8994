namespace Culvert.Identity.Service.Backup;

/// <summary>A verified restore that has not started.</summary>
internal sealed record RestorePlan
{
    public required string File { get; init; }

    public required BackupHeader Header { get; init; }

    public required long Rows { get; init; }

    /// <summary>The digest of the verified content: no other content is restored.</summary>
    public required string Digest { get; init; }

    public required IReadOnlyList<string> Migrations { get; init; }

    /// <summary>Null: no exports were given, because nothing changed after the backup.</summary>
    public required HistoryAfterBackup? AfterBackup { get; init; }

    public required IReadOnlyList<RevocationListAfterBackup> Lists { get; init; }
}
