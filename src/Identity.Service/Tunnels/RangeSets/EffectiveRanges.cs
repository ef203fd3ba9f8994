namespace Culvert.Identity.Service.Tunnels.RangeSets;

/// <summary>The addresses that a tunnel's clients may have: its own ranges and those of its sets (S21). Pure.</summary>
internal static class EffectiveRanges
{
    /// <summary>
    /// An address that no client has (RFC 919 §7), for tunnels whose sets are empty: an empty list would not stop
    /// clients that authenticate (S21).
    /// </summary>
    private static readonly string[] Nobody = ["255.255.255.255/32"];

    public static IReadOnlyList<string> Get(Tunnel tunnel, Func<string, ClientRangeSet?> find)
    {
        if (tunnel.ClientRangeSets.Count == 0)
        {
            return tunnel.ClientSourceRanges;
        }

        string[] all =
        [
            .. tunnel
                .ClientSourceRanges.Concat(tunnel.ClientRangeSets.SelectMany(name => find(name)?.Ranges ?? []))
                .Distinct(StringComparer.Ordinal),
        ];
        return all.Length > 0 ? all : Nobody;
    }
}
