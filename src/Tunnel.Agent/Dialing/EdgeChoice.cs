using Culvert.Platform.Wire;

namespace Culvert.Tunnel.Agent.Dialing;

/// <summary>
/// <c>tunnel.edges</c>: which of the feed's edges this agent dials. It narrows what the feed says and adds nothing: an
/// edge proves an id of the feed (S6).
/// </summary>
internal static class EdgeChoice
{
    /// <summary>The edges that are named; all when none is.</summary>
    public static IReadOnlyList<AgentFeedEdge> Select(
        IReadOnlyList<AgentFeedEdge> edges,
        IReadOnlyList<string> named
    ) => named.Count == 0 ? edges : [.. edges.Where(e => named.Any(n => IsNamed(e, n)))];

    /// <summary>Names that no edge of the feed has.</summary>
    public static IReadOnlyList<string> Unknown(IReadOnlyList<AgentFeedEdge> edges, IReadOnlyList<string> named) =>
        [.. named.Where(n => !edges.Any(e => IsNamed(e, n)))];

    private static bool IsNamed(AgentFeedEdge edge, string name) =>
        edge.Id == name
        || edge.Name.Equals(name, StringComparison.OrdinalIgnoreCase)
        || edge.Addresses.Contains(name, StringComparer.OrdinalIgnoreCase);
}
