using Culvert.Platform.Configuration;
using Culvert.Platform.Health;
using Culvert.Platform.Identity;
using Culvert.Platform.Logging;
using Culvert.Platform.Net;
using Culvert.Tunnel.Edge.Agents;
using Culvert.Tunnel.Edge.Forwarding;
using Culvert.Tunnel.Edge.Ingress;

namespace Culvert.Tunnel.Edge.Configuration;

/// <summary>Reads <c>edge.yaml</c>. What the reference lists and this version does not do is refused by name.</summary>
internal static class EdgeSettingsReader
{
    private const string IdPrefix = "edge_";

    public static EdgeSettings Read(ConfigSection root)
    {
        root.NotYet("connect");
        root.NotYet("proxy_protocol");
        NetworkSection.Read(root);
        TelemetrySection.Read(root);
        var clients = root.Section("clients");
        clients.NotYet("idle_timeout", permitted: "0s");
        var drain = root.Duration("drain_timeout", TimeSpan.FromSeconds(60), TimeSpan.Zero, TimeSpan.FromHours(24));
        return new EdgeSettings
        {
            EdgeId = ReadEdgeId(root),
            StateDirectory = root.Path("state_dir", "/var/lib/culvert/edge"),
            Identity = IdentitySection.Read(root, allowManual: false),
            Agents = ReadAgents(root.Section("agents"), drain),
            Sni = ReadSni(root.Section("sni"), clients),
            TunnelDefaults = ReadTunnelDefaults(root.Section("tunnel_defaults")),
            DrainTimeout = drain,
            Health = HealthSection.ReadServer(root, "127.0.0.1:9445"),
            Log = LogSection.Read(root),
        };
    }

    private static string ReadEdgeId(ConfigSection root)
    {
        var id = root.RequiredString("edge_id");
        if (id.Length > 0 && (!id.StartsWith(IdPrefix, StringComparison.Ordinal) || id.Length > 64))
        {
            root.Error("edge_id", "This is not the id of an edge.", "Write what `culvert edge create` printed.");
        }

        return id;
    }

    private static AgentOptions ReadAgents(ConfigSection section, TimeSpan drain) =>
        new()
        {
            Listen = section.EndPoints("listen", "[::]:7844"),
            Advertise = section.Strings("advertise"),
            MaxConnections = section.Int("max_connections", 20_000, min: 1, max: 1_000_000),
            HandshakeTimeout = section.Duration(
                "handshake_timeout",
                TimeSpan.FromSeconds(5),
                TimeSpan.FromSeconds(1),
                TimeSpan.FromMinutes(1)
            ),
            MaxStreamLife = section.Duration(
                "max_stream_life",
                TimeSpan.FromHours(24),
                TimeSpan.FromSeconds(1),
                TimeSpan.FromHours(24)
            ),
            OfflineGrace = section.Duration(
                "offline_grace",
                TimeSpan.FromHours(24),
                TimeSpan.Zero,
                TimeSpan.FromDays(7)
            ),
            Drain = drain < TimeSpan.FromSeconds(30) ? drain : TimeSpan.FromSeconds(30),
        };

    private static SniOptions ReadSni(ConfigSection section, ConfigSection clients) =>
        new()
        {
            Listen = section.EndPoints("listen", "[::]:9443"),
            PublicPort = section.Int("public_port", 443, min: 1, max: 65535),
            HandshakeTimeout = section.Duration(
                "handshake_timeout",
                TimeSpan.FromSeconds(5),
                TimeSpan.FromSeconds(1),
                TimeSpan.FromMinutes(1)
            ),
            MaxHelloBytes = (int)section.Size("max_hello_bytes", 16 * 1024, min: 512, max: 16 * 1024),
            MaxConnections = clients.Int("max_connections", 100_000, min: 1, max: 10_000_000),
            PerSource = clients.Int("per_source", 1000, min: 1, max: 10_000_000),
            NewPerSource = clients.Rate("new_per_source", new Rate(200, TimeSpan.FromSeconds(1))),
        };

    private static TunnelLimits ReadTunnelDefaults(ConfigSection section)
    {
        section.NotYet("bytes", permitted: "0");
        var connections = section.Int("max_connections", 10_000, min: 1, max: 10_000_000);
        var streams = section.Int("open_streams", 20_000, min: 1, max: 10_000_000);

        // A client connection of this version is one stream, so the smaller number binds both.
        return new TunnelLimits(
            Math.Min(connections, streams),
            section.Rate("new_connections", new Rate(500, TimeSpan.FromSeconds(1)))
        );
    }
}
