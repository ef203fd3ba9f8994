namespace Culvert.Tunnel.Agent.Routing;

/// <summary>The table in force.</summary>
internal sealed class RouteMap
{
    private volatile RouteTable current = RouteTable.Empty;

    public RouteTable Current => current;

    public void Swap(RouteTable table) => current = table;

    /// <summary>The table in force, entered: the caller leaves it.</summary>
    public RouteTable Enter()
    {
        while (true)
        {
            var table = current;
            if (table.Use.TryEnter())
            {
                return table;
            }
        }
    }
}
