using System.Net;
using Culvert.Platform.Configuration;

namespace Culvert.Tunnel.Edge.Agents;

/// <summary>The <c>agents</c> section.</summary>
internal sealed record AgentOptions
{
    /// <summary>The most that a tunnel's record or <see cref="OfflineGrace"/> may set (S10): older copies of the feed are useless.</summary>
    public static readonly TimeSpan LongestOfflineGrace = TimeSpan.FromDays(7);

    public required IReadOnlyList<IPEndPoint> Listen { get; init; }

    /// <summary>What the operator believes agents dial; compared with the registration, which alone counts.</summary>
    public IReadOnlyList<string> Advertise { get; init; } = [];

    /// <summary>Outer connections at once, those in the handshake included.</summary>
    public int MaxConnections { get; init; } = 20_000;

    /// <summary>From accept to a verified certificate.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Concurrent handshakes of one address. Peers without a certificate must not block those that have one; agents
    /// behind one address that come too many at a time come again after their back-off.
    /// </summary>
    public int HandshakesPerSource { get; init; } = 256;

    /// <summary>New connections of one address.</summary>
    public Rate NewPerSource { get; init; } = new(200, TimeSpan.FromSeconds(1));

    /// <summary>How long an edge that starts or is resumed is not ready, for its agents to come; zero = not at all.</summary>
    public TimeSpan Settle { get; init; }

    /// <summary>How long streams may continue over a connection whose certificate has been renewed (S10).</summary>
    public TimeSpan MaxStreamLife { get; init; } = TimeSpan.FromHours(24);

    /// <summary>
    /// How long agents are taken without word from the service, where the tunnel's record does not say (S10), and never
    /// beyond a certificate's life, the agent's or the edge's own (<c>certificates.platform_life</c> of the service).
    /// </summary>
    public TimeSpan OfflineGrace { get; init; } = TimeSpan.FromHours(24);

    /// <summary>For the streams of a superseded connection.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(30);
}
