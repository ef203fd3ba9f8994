using Culvert.Machine.Client.Access;
using Culvert.Platform.Configuration;
using Culvert.Platform.Health;
using Culvert.Platform.Logging;
using Culvert.Platform.Net;
using Culvert.Platform.Telemetry;
using Culvert.Tunnel.Edge.Agents;
using Culvert.Tunnel.Edge.Forwarding;
using Culvert.Tunnel.Edge.Ingress;

namespace Culvert.Tunnel.Edge.Configuration;

/// <summary>Reads <c>edge.yaml</c>. Keys of the reference that this version lacks are refused by name.</summary>
internal static class EdgeSettingsReader
{
    private const long LeastBytesPerSecond = 1024;

    public static EdgeSettings Read(ConfigSection root)
    {
        var clients = root.Section("clients");
        var drain = root.Duration("drain_timeout", TimeSpan.FromSeconds(60), TimeSpan.Zero, TimeSpan.FromHours(24));
        return new EdgeSettings
        {
            EdgeId = root.Id("edge_id", "edge", "Write the ID that `culvert edge create` printed.", isRequired: true),
            StateDirectory = root.Path("state_dir", "/var/lib/culvert/edge"),
            Identity = IdentitySection.Read(root, allowManual: false),
            Agents = ReadAgents(root.Section("agents"), drain),
            Sni = ReadSni(root.Section("sni")),
            Connect = ReadConnect(root.Section("connect")),
            Clients = ReadClients(clients),
            ProxyProtocol = ProxyProtocolSection.Read(root),
            TunnelDefaults = ReadTunnelDefaults(root.Section("tunnel_defaults")),
            DrainTimeout = drain,
            DrainDelay = root.Duration("drain_delay", TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromMinutes(5)),
            Health = HealthSection.ReadServer(root, "127.0.0.1:9445"),
            Log = LogSection.Read(root),
            Telemetry = TelemetrySection.Read(root),
        };
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
            Settle = section.Duration("settle", TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromMinutes(5)),
            OfflineGrace = section.Duration(
                "offline_grace",
                TimeSpan.FromHours(24),
                TimeSpan.Zero,
                AgentOptions.LongestOfflineGrace
            ),
            Drain = drain < TimeSpan.FromSeconds(30) ? drain : TimeSpan.FromSeconds(30),
        };

    private static SniOptions ReadSni(ConfigSection section) =>
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
        };

    // An empty list disables the CONNECT ingress.
    private static ConnectOptions ReadConnect(ConfigSection section) =>
        new()
        {
            Listen = section.EndPoints("listen", "[::]:9444"),
            PublicPort = section.Int("public_port", 9444, min: 1, max: 65535),
        };

    private static ClientOptions ReadClients(ConfigSection section) =>
        new()
        {
            MaxConnections = section.Int("max_connections", 100_000, min: 1, max: 10_000_000),
            PerSource = section.Int("per_source", 1000, min: 1, max: 10_000_000),
            NewPerSource = section.Rate("new_per_source", new Rate(200, TimeSpan.FromSeconds(1))),
            IdleTimeout = section.Duration("idle_timeout", TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromDays(7)),
        };

    private static TunnelLimits ReadTunnelDefaults(ConfigSection section)
    {
        var bytes = section.Size("bytes", 0);
        if (bytes is > 0 and < LeastBytesPerSecond)
        {
            section.Error("bytes", "So few bytes per second would stop every handshake.", "Write 0 for none, or 1KiB.");
        }

        return new TunnelLimits(
            section.Int("max_connections", 10_000, min: 1, max: 10_000_000),
            section.Rate("new_connections", new Rate(500, TimeSpan.FromSeconds(1))),
            section.Int("open_streams", 20_000, min: 1, max: 10_000_000),
            bytes
        );
    }
}
