namespace Culvert.Identity.Service.Tunnels.RangeSets;

/// <summary>Where clients of a tunnel may come from: its own ranges and those of the sets that it names (S21). Pure.</summary>
internal static class EffectiveRanges
{
    public static IReadOnlyList<string> Of(Tunnel tunnel, Func<string, ClientRangeSet?> find) =>
        tunnel.ClientRangeSets.Count == 0
            ? tunnel.ClientSourceRanges
            :
            [
                .. tunnel
                    .ClientSourceRanges.Concat(tunnel.ClientRangeSets.SelectMany(name => find(name)?.Ranges ?? []))
                    .Distinct(StringComparer.Ordinal),
            ];
}
