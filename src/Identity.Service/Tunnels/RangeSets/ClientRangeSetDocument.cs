namespace Culvert.Identity.Service.Tunnels.RangeSets;

internal sealed record ClientRangeSetDocument
{
    public required string Name { get; init; }

    public string Type { get; } = "client_range_set";

    public required IReadOnlyList<string> Ranges { get; init; }

    public required long Revision { get; init; }

    public required DateTime UpdatedAt { get; init; }

    public static ClientRangeSetDocument From(ClientRangeSet set) =>
        new()
        {
            Name = set.Name,
            Ranges = set.Ranges,
            Revision = set.Revision,
            UpdatedAt = set.UpdatedAt.UtcDateTime,
        };
}
