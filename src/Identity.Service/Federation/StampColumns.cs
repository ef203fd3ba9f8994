using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation;

internal abstract record StampColumns
{
    /// <summary>The condition of an update: the stored version is the one before this row's, and is not archived.</summary>
    public const string PreviousIsLive = "id = @Id AND version = @Version - 1 AND archived_at_ms IS NULL";

    public long Ordinal { get; init; }

    public required long Version { get; init; }

    [InsertOnly]
    public long CreatedAtMs { get; init; }

    [InsertOnly]
    public string CreatedBy { get; init; } = "";

    public long UpdatedAtMs { get; init; }

    public string UpdatedBy { get; init; } = "";

    public long? ArchivedAtMs { get; init; }

    public string? ArchivedBy { get; init; }

    /// <summary>The six columns of times and actors.</summary>
    public ChangeStamps Stamps
    {
        get =>
            new()
            {
                CreatedAt = Instants.FromStore(CreatedAtMs),
                CreatedBy = CreatedBy,
                UpdatedAt = Instants.FromStore(UpdatedAtMs),
                UpdatedBy = UpdatedBy,
                ArchivedAt = Instants.FromStore(ArchivedAtMs),
                ArchivedBy = ArchivedBy,
            };
        init
        {
            CreatedAtMs = value.CreatedAt.ToStore();
            CreatedBy = value.CreatedBy;
            UpdatedAtMs = value.UpdatedAt.ToStore();
            UpdatedBy = value.UpdatedBy;
            ArchivedAtMs = value.ArchivedAt.ToStore();
            ArchivedBy = value.ArchivedBy;
        }
    }
}
