using System.Net;
using Culvert.Platform.Configuration;

namespace Culvert.Tunnel.Edge.Agents;

internal sealed record AgentOptions
{
    /// <summary>Upper bound of every grace (S10): an older copy of the feed is useless.</summary>
    public static readonly TimeSpan LongestOfflineGrace = TimeSpan.FromDays(7);

    public required IReadOnlyList<IPEndPoint> Listen { get; init; }

    /// <summary>Addresses that agents are expected to dial, for comparison with the authoritative registration.</summary>
    public IReadOnlyList<string> Advertise { get; init; } = [];

    /// <summary>Concurrent outer connections, including those in the handshake.</summary>
    public int MaxConnections { get; init; } = 20_000;

    /// <summary>Time from accept to a verified certificate.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Concurrent handshakes per address, so that peers without a certificate do not block agents. Agents behind a shared
    /// address that exceed it retry after their back-off.
    /// </summary>
    public int HandshakesPerSource { get; init; } = 256;

    public Rate NewPerSource { get; init; } = new(200, TimeSpan.FromSeconds(1));

    /// <summary>How long an edge that starts or resumes waits for its agents before it is ready; zero = no wait.</summary>
    public TimeSpan Settle { get; init; }

    /// <summary>How long streams may continue over a connection whose certificate has been renewed (S10).</summary>
    public TimeSpan MaxStreamLife { get; init; } = TimeSpan.FromHours(24);

    /// <summary>
    /// How long agents are accepted without contact to the service, for tunnels whose record sets no grace (S10). Never
    /// extends the life of a certificate, the agent's or the edge's own (<c>certificates.platform_life</c> of the service).
    /// </summary>
    public TimeSpan OfflineGrace { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How long the streams of a superseded connection may continue.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(30);
}
