namespace Culvert.Identity.Service.Tunnels;

/// <summary>A tunnel's limits per edge (S21); null = the edge's own default.</summary>
/// <param name="MaxConnections">Concurrent client connections.</param>
/// <param name="NewConnections">New client connections, such as <c>500/1s</c>.</param>
/// <param name="BytesPerSecond">Both directions together; 0 = no limit.</param>
/// <param name="OpenStreams">Concurrent streams on agents' connections.</param>
internal sealed record TunnelLimits(int? MaxConnections, string? NewConnections, long? BytesPerSecond, int? OpenStreams)
{
    public const int MostConnections = 10_000_000;

    public static readonly TunnelLimits Defaults = new(null, null, null, null);
}
