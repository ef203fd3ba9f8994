namespace Culvert.Identity.Service.Nodes;

/// <summary>A program of the installation and what it says it is.</summary>
/// <param name="Kind"><c>service|edge|agent</c>.</param>
/// <param name="Id">The node's name, the edge's or the enrolment's id.</param>
/// <param name="Name">The node's or the edge's name, the agent's instance.</param>
/// <param name="TunnelId">Of agents.</param>
/// <param name="Version">Null = it has not said yet.</param>
/// <param name="SeenAt">Its last word.</param>
internal sealed record RunningVersion(
    string Kind,
    string Id,
    string Name,
    string? TunnelId,
    string? Version,
    DateTimeOffset? SeenAt
);
