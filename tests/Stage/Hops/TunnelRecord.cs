namespace Culvert.Stage.Hops;

/// <param name="TrustBundle">File with the roots that a client of this tunnel trusts.</param>
internal sealed record TunnelRecord(string Id, string Domain, string TrustBundle)
{
    /// <summary>Where a client calls the MCP server of the route.</summary>
    public Uri Endpoint(int publicPort, string route = TunnelAgent.Route) =>
        new($"https://{route}.{Domain}:{publicPort}/mcp");
}
