using Culvert.Platform.Logging;
using Culvert.Tunnel.Agent.Acme;
using Culvert.Tunnel.Agent.Connector;
using Culvert.Tunnel.Agent.LongPoll;
using Culvert.Tunnel.Agent.Telemetry;

namespace Culvert.Tunnel.Agent.Ui;

/// <summary>The content of the status page at one moment. Nothing here is secret.</summary>
internal sealed record StatusView
{
    public required string Version { get; init; }

    public required string TunnelId { get; init; }

    /// <summary>Empty before the first feed.</summary>
    public required string Domain { get; init; }

    public required DateTimeOffset Now { get; init; }

    public required IReadOnlyList<(string Name, string? Reason, bool IsAdvisory)> Checks { get; init; }

    public required IReadOnlyList<(string Edge, int Serving, int Wanted)> Edges { get; init; }

    public IReadOnlyList<LongPollStatus> LongPolls { get; init; } = [];

    /// <summary>Tunnels behind the connectors of other providers.</summary>
    public IReadOnlyList<ConnectorStatus> Connectors { get; init; } = [];

    public required IReadOnlyList<StatusRoute> Routes { get; init; }

    public required IReadOnlyList<(string Kind, string Serial, DateTimeOffset NotAfter)> Certificates { get; init; }

    /// <summary>Names with a public certificate, or with an order for one.</summary>
    public IReadOnlyList<AcmeStatus> PublicNames { get; init; } = [];

    /// <summary>This agent's account at the public CA; null while there is none.</summary>
    public string? PublicAccount { get; init; }

    /// <summary>True if names are certified although others could get a certificate for them too (S24).</summary>
    public bool AllowsUnboundNames { get; init; }

    public required IReadOnlyList<RecentCall> Calls { get; init; }

    public required IReadOnlyList<RecentLine> Lines { get; init; }
}
