namespace Culvert.Identity.Service.Tunnels.RangeSets;

/// <param name="Revision">The revision that the caller saw, 0 = none yet; null = any.</param>
internal sealed record ApplyRangeSetRequest(IReadOnlyList<string?> Ranges, long? Revision = null);
