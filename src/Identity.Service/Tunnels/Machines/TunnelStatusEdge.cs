namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary>An edge as far as one tunnel is concerned.</summary>
internal sealed record TunnelStatusEdge
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>Its <c>host:port</c> addresses for agents.</summary>
    public required IReadOnlyList<string> Addresses { get; init; }

    /// <summary>Clients use it; false = it lost the tunnel, and serves it until clients use the others.</summary>
    public required bool Assigned { get; init; }

    /// <summary>It sends agents and clients elsewhere.</summary>
    public required bool Draining { get; init; }

    public required bool Live { get; init; }

    /// <summary>A constant of <see cref="EdgePresence"/>.</summary>
    public required string State { get; init; }

    public required DateTime? LastContactAt { get; init; }

    public required DateTime? ReportedAt { get; init; }

    /// <summary>The port that clients dial, as the edge says; null until it has.</summary>
    public required int? PublicPort { get; init; }

    /// <summary>Connections from this tunnel's agents.</summary>
    public required int AgentConnections { get; init; }

    /// <summary>Open client connections of this tunnel.</summary>
    public required int ClientConnections { get; init; }
}
