namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary>An edge as far as one tunnel is concerned.</summary>
/// <param name="Addresses">Its <c>host:port</c> addresses for agents.</param>
/// <param name="Assigned">
/// Clients use it; false = it lost the tunnel, and serves it until clients use the others.
/// </param>
/// <param name="Draining">It sends agents and clients elsewhere.</param>
/// <param name="State">A constant of <see cref="EdgePresence"/>.</param>
/// <param name="PublicPort">The port that clients dial, as the edge says; null until it has.</param>
/// <param name="AgentConnections">Connections from this tunnel's agents.</param>
/// <param name="ClientConnections">Open client connections of this tunnel.</param>
internal sealed record TunnelStatusEdge(
    string Id,
    string Name,
    IReadOnlyList<string> Addresses,
    bool Assigned,
    bool Draining,
    bool Live,
    string State,
    DateTime? LastContactAt,
    DateTime? ReportedAt,
    int? PublicPort,
    int AgentConnections,
    int ClientConnections
);
