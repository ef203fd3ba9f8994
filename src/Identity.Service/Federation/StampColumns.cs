using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation;

internal abstract record StampColumns
{
    public const string Select =
        "ordinal AS Ordinal, version AS Version, created_at_ms AS CreatedAt, created_by AS CreatedBy, "
        + "updated_at_ms AS UpdatedAt, updated_by AS UpdatedBy, archived_at_ms AS ArchivedAt, archived_by AS ArchivedBy";

    public long Ordinal { get; init; }

    public long Version { get; init; }

    public long CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public long UpdatedAt { get; init; }

    public required string UpdatedBy { get; init; }

    public long? ArchivedAt { get; init; }

    public string? ArchivedBy { get; init; }

    public ChangeStamps ToStamps() =>
        new()
        {
            CreatedAt = Instants.FromStore(CreatedAt),
            CreatedBy = CreatedBy,
            UpdatedAt = Instants.FromStore(UpdatedAt),
            UpdatedBy = UpdatedBy,
            ArchivedAt = Instants.FromStore(ArchivedAt),
            ArchivedBy = ArchivedBy,
        };
}
