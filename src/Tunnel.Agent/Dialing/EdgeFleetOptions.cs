using Culvert.Platform.Net;

namespace Culvert.Tunnel.Agent.Dialing;

internal sealed record EdgeFleetOptions
{
    /// <summary>The agent sends it to edges in HELLO.</summary>
    public required string InstanceId { get; init; }

    /// <summary>Connections per edge. 1 to 8, default 2.</summary>
    public required int Connections { get; init; }

    /// <summary>The limit of TCP and TLS together. Default 10 s.</summary>
    public required TimeSpan DialTimeout { get; init; }

    public NetworkSource Network { get; init; } = new(NetworkOptions.Default);

    /// <summary>Streams per outer connection. Default 1,024, at most 16,384.</summary>
    public required int MaxStreams { get; init; }

    /// <summary>The time for running calls at stop, and when an edge leaves the feed. Default 30 s.</summary>
    public required TimeSpan Drain { get; init; }

    /// <summary>For streams after a renewal, which must not interrupt clients; the edge's limit is the same (S10).</summary>
    public TimeSpan RenewalDrain { get; init; } = TimeSpan.FromHours(24);
}
