using Culvert.Machine.Client.Access;
using Culvert.Platform.Health;
using Culvert.Platform.Logging;
using Culvert.Platform.Net;
using Culvert.Platform.Telemetry;
using Culvert.Tunnel.Edge.Agents;
using Culvert.Tunnel.Edge.Forwarding;
using Culvert.Tunnel.Edge.Ingress;

namespace Culvert.Tunnel.Edge.Configuration;

internal sealed record EdgeSettings
{
    public required string EdgeId { get; init; }

    public required string StateDirectory { get; init; }

    public required IdentityOptions Identity { get; init; }

    public required AgentOptions Agents { get; init; }

    public required SniOptions Sni { get; init; }

    public ConnectOptions Connect { get; init; } = new();

    public ClientOptions Clients { get; init; } = new();

    public ProxyProtocolOptions ProxyProtocol { get; init; } = new();

    public required TunnelLimits TunnelDefaults { get; init; }

    /// <summary>How long streams may continue after a stop was requested.</summary>
    public required TimeSpan DrainTimeout { get; init; }

    /// <summary>How long an edge that reports not ready still accepts clients, so that load balancers notice.</summary>
    public TimeSpan DrainDelay { get; init; }

    public required HealthOptions Health { get; init; }

    public required LogOptions Log { get; init; }

    public TelemetryOptions Telemetry { get; init; } = new();
}
