namespace Culvert.Tunnel.Agent.Schemas;

/// <summary>Evaluated members or elements, for <c>unevaluatedProperties</c> and <c>unevaluatedItems</c>.</summary>
internal sealed class Evaluated
{
    private readonly HashSet<string> names = new(StringComparer.Ordinal);
    private readonly HashSet<int> items = [];
    private bool hasAllNames;
    private bool hasAllItems;

    public bool Has(string name) => hasAllNames || names.Contains(name);

    public bool Has(int item) => hasAllItems || items.Contains(item);

    public void Add(string name) => names.Add(name);

    public void Add(int item) => items.Add(item);

    public void AddAllNames() => hasAllNames = true;

    public void AddAllItems() => hasAllItems = true;

    public void Add(Evaluated other)
    {
        names.UnionWith(other.names);
        items.UnionWith(other.items);
        hasAllNames |= other.hasAllNames;
        hasAllItems |= other.hasAllItems;
    }
}
