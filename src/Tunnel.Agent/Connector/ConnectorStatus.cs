using System.Net;

namespace Culvert.Tunnel.Agent.Connector;

/// <summary>The current status of a tunnel, for people. Contains no secrets.</summary>
/// <param name="Listen">With the port that the system chose, while the agent listens.</param>
/// <param name="Open">The number of open connections with a server name.</param>
/// <param name="LastConnection">When a client last started TLS; null for never.</param>
/// <param name="Problem">Why the tunnel cannot serve; null while it can.</param>
internal sealed record ConnectorStatus(
    string Domain,
    IPEndPoint Listen,
    int Open,
    DateTimeOffset? LastConnection,
    string? Problem
)
{
    public DateTimeOffset? CertificateExpires { get; init; }
}
