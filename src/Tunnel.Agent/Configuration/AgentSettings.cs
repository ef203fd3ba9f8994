using Culvert.Machine.Client.Access;
using Culvert.Platform.Health;
using Culvert.Platform.Logging;
using Culvert.Platform.Telemetry;
using Culvert.Tunnel.Agent.Acme;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Connector;
using Culvert.Tunnel.Agent.LongPoll;
using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Configuration;

internal sealed record AgentSettings
{
    public required string StateDirectory { get; init; }

    public required IdentityOptions Identity { get; init; }

    public required TunnelSettings Tunnel { get; init; }

    public required CertificateSettings Certificates { get; init; }

    /// <summary>Authorization servers whose tokens routes may accept.</summary>
    public required IReadOnlyList<IssuerSettings> Issuers { get; init; }

    public required IReadOnlyList<RouteSettings> Routes { get; init; }

    /// <summary>Tunnels of other providers, in addition to <see cref="Tunnel"/>.</summary>
    public IReadOnlyList<LongPollSettings> LongPolls { get; init; } = [];

    /// <summary>Tunnels behind the connector of another provider, in addition to <see cref="Tunnel"/>.</summary>
    public IReadOnlyList<ConnectorSettings> Connectors { get; init; } = [];

    /// <summary>The domains of other providers' tunnels whose certificates the service issues.</summary>
    public IReadOnlyList<string> IssuedDomains => [.. Connectors.Where(c => c.IsIssued).Select(c => c.Domain)];

    public AcmeSettings Acme { get; init; } = AcmeSettings.None;

    /// <summary>The audit of calls on routes whose policy is not off.</summary>
    public AuditSettings Audit { get; init; } = AuditSettings.Default;

    public required HealthOptions Health { get; init; }

    public required LogOptions Log { get; init; }

    public TelemetryOptions Telemetry { get; init; } = new();
}
