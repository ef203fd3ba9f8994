using Culvert.Machine.Client.Dialects;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Edge.Configuration;

namespace Culvert.Tunnel.Edge.Hosting;

internal static class EdgeReporting
{
    /// <param name="started">The settings at start, reported while the edge is not listening yet.</param>
    /// <param name="server">Null while the edge is not listening yet.</param>
    public static EdgeReportContent Content(EdgeSettings started, EdgeServer? server)
    {
        var settings = server?.Settings ?? started;
        return new EdgeReportContent
        {
            SniPublicPort = settings.Sni.PublicPort,
            ConnectPublicPort = settings.Connect.Listen.Count > 0 ? settings.Connect.PublicPort : null,
            Agents =
            [
                .. (server?.Agents.All ?? [])
                    .GroupBy(a => (a.TunnelId, a.InstanceId))
                    .Select(g => new EdgeReportAgent(
                        TunnelId: g.Key.TunnelId,
                        InstanceId: g.Key.InstanceId,
                        Connections: g.Count()
                    )),
            ],
            ClientConnections = (server?.Traffic.All ?? [])
                .Where(t => t.Open > 0)
                .ToDictionary(t => t.TunnelId, t => t.Open, StringComparer.Ordinal),
            OfflineGrace = server?.LastGrace,
        };
    }
}
