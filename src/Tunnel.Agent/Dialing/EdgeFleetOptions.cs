using Culvert.Platform.Net;

namespace Culvert.Tunnel.Agent.Dialing;

/// <summary>How the agent keeps its outer connections.</summary>
internal sealed record EdgeFleetOptions
{
    /// <summary>Told to edges in HELLO.</summary>
    public required string InstanceId { get; init; }

    /// <summary>Connections per edge. 1 to 8, default 2.</summary>
    public required int Connections { get; init; }

    /// <summary>TCP and TLS together. Default 10 s.</summary>
    public required TimeSpan DialTimeout { get; init; }

    /// <summary>How edges are reached.</summary>
    public NetworkSource Network { get; init; } = new(NetworkOptions.Default);

    /// <summary>Streams per outer connection. Default 1,024, at most 16,384.</summary>
    public required int MaxStreams { get; init; }

    /// <summary>For running calls at stop, and when an edge leaves the feed. Default 30 s.</summary>
    public required TimeSpan Drain { get; init; }

    /// <summary>
    /// For streams on a connection whose certificate was renewed, as the edge allows it too (S10): a renewal must not
    /// be felt by anyone.
    /// </summary>
    public TimeSpan RenewalDrain { get; init; } = TimeSpan.FromHours(24);
}
