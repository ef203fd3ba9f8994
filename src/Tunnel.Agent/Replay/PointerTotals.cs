namespace Culvert.Tunnel.Agent.Replay;

/// <summary>The values of many recorded answers by their pointers. Pointers beyond the maximum are left out.</summary>
internal sealed class PointerTotals
{
    private const int MaxPointers = 2000;

    private readonly Dictionary<string, PointerTotal> totals = new(StringComparer.Ordinal);

    /// <summary>Sorted.</summary>
    public IEnumerable<string> Pointers => totals.Keys.Order(StringComparer.Ordinal);

    public PointerTotal this[string at] => totals[at];

    /// <summary>Adds the values of one answer at a pointer.</summary>
    public void Add(string at, long values, IEnumerable<string> types)
    {
        if (!totals.TryGetValue(at, out var total))
        {
            if (totals.Count == MaxPointers)
            {
                return;
            }

            totals[at] = total = new PointerTotal();
        }

        total.Values += values;
        total.Answers++;
        total.Types.UnionWith(types);
    }
}

/// <summary>The values at one pointer.</summary>
internal sealed class PointerTotal
{
    public long Values { get; set; }

    public int Answers { get; set; }

    public HashSet<string> Types { get; } = new(StringComparer.Ordinal);
}
