namespace Culvert.Identity.Service.Tunnels.RangeSets;

internal sealed record ApplyRangeSetRequest
{
    public required IReadOnlyList<string?> Ranges { get; init; }

    /// <summary>The revision that the caller saw, 0 = none yet; null = any.</summary>
    public long? Revision { get; init; }
}
