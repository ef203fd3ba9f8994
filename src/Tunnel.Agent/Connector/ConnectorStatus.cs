using System.Net;

namespace Culvert.Tunnel.Agent.Connector;

/// <summary>What one tunnel does at a moment, for people. Nothing here is secret.</summary>
/// <param name="Domain">The provider's domain of the tunnel.</param>
/// <param name="Listen">Where the connector connects to; with the port that the system chose, while it listens.</param>
/// <param name="Open">Connections with a server name that are open.</param>
/// <param name="LastConnection">When a client's TLS began last; null = none has.</param>
/// <param name="Problem">Why it cannot serve; null while it can.</param>
internal sealed record ConnectorStatus(
    string Domain,
    IPEndPoint Listen,
    int Open,
    DateTimeOffset? LastConnection,
    string? Problem
)
{
    /// <summary>When its certificate expires; null while it has none.</summary>
    public DateTimeOffset? CertificateExpires { get; init; }
}
