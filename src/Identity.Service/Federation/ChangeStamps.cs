namespace Culvert.Identity.Service.Federation;

internal sealed record ChangeStamps
{
    /// <summary>The members of a document that show them.</summary>
    public static readonly IReadOnlyList<string> Members =
    [
        "created_at",
        "updated_at",
        "archived_at",
        "created_by_actor_id",
        "updated_by_actor_id",
        "archived_by_actor_id",
    ];

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public required string UpdatedBy { get; init; }

    public DateTimeOffset? ArchivedAt { get; init; }

    public string? ArchivedBy { get; init; }

    public ChangeStamps Unarchived => this with { ArchivedAt = null, ArchivedBy = null };

    public static ChangeStamps Created(DateTimeOffset at, string by) =>
        new()
        {
            CreatedAt = at,
            CreatedBy = by,
            UpdatedAt = at,
            UpdatedBy = by,
        };

    public ChangeStamps Updated(DateTimeOffset at, string by) => this with { UpdatedAt = at, UpdatedBy = by };

    public ChangeStamps Archived(DateTimeOffset at, string by) =>
        Updated(at, by) with
        {
            ArchivedAt = at,
            ArchivedBy = by,
        };
}
