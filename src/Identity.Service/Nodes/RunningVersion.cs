namespace Culvert.Identity.Service.Nodes;

/// <summary>A running program, according to its own report.</summary>
/// <param name="Kind"><c>service|edge|agent</c>.</param>
/// <param name="Id">The node's name, or the id of the edge or enrolment.</param>
/// <param name="Name">The node's or edge's name, or the agent's instance.</param>
/// <param name="TunnelId">Only for agents.</param>
/// <param name="Version">Null = not reported yet.</param>
internal sealed record RunningVersion(
    string Kind,
    string Id,
    string Name,
    string? TunnelId,
    string? Version,
    DateTimeOffset? SeenAt
);
