namespace Culvert.Tunnel.Agent.Imports;

/// <summary>Makes the labels of routes from the names that another program gave its servers.</summary>
internal sealed class RouteNames
{
    // RFC 1035 §2.3.4: a label has at most 63 octets.
    private const int MaxLabel = 63;

    private readonly HashSet<string> used = new(StringComparer.Ordinal);

    /// <summary>A label that no other route has, the same as the name if that is possible.</summary>
    public string Add(string name)
    {
        var label = new string([.. name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')]).Trim(
            '-'
        );
        label = label.Length == 0 ? "route" : label;
        label = label[..Math.Min(label.Length, MaxLabel)].TrimEnd('-');
        var start = label;
        for (var i = 2; !used.Add(label); i++)
        {
            var end = $"-{i}";
            label = start[..Math.Min(start.Length, MaxLabel - end.Length)] + end;
        }

        return label;
    }
}
