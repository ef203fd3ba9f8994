namespace Culvert.Tunnel.Agent.Routing;

/// <summary>The table in force.</summary>
internal sealed class RouteMap
{
    private volatile RouteTable current = RouteTable.Empty;

    public RouteTable Current => current;

    public void Swap(RouteTable table) => current = table;

    /// <summary>
    /// The table in force and its route for the name, whose upstream is entered: the caller leaves it. A table without
    /// such a route has nothing to leave.
    /// </summary>
    public (RouteTable Table, ServedRoute? Route) Enter(string host)
    {
        while (true)
        {
            var table = current;
            var served = table.Find(host);
            if (served is null || served.Route.Upstream.Use.TryEnter())
            {
                return (table, served);
            }
        }
    }
}
