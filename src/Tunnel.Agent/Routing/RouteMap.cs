namespace Culvert.Tunnel.Agent.Routing;

internal sealed class RouteMap
{
    private volatile RouteTable current = RouteTable.Empty;

    public RouteTable Current => current;

    public void Swap(RouteTable table) => current = table;

    /// <summary>Returns the table in force and its route for the name. The caller must leave the route.</summary>
    public (RouteTable Table, ServedRoute? Route) Enter(string host)
    {
        while (true)
        {
            var table = current;
            var served = table.Find(host);
            if (served is null || served.Route.TryEnter())
            {
                return (table, served);
            }
        }
    }
}
