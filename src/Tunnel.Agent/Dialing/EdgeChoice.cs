using Culvert.Platform.Wire;

namespace Culvert.Tunnel.Agent.Dialing;

/// <summary>Applies <c>tunnel.edges</c>, which only restricts the edges: an edge proves an id of the feed (S6).</summary>
internal static class EdgeChoice
{
    /// <summary>Returns the named edges; all when no name is given.</summary>
    public static IReadOnlyList<AgentFeedEdge> Select(
        IReadOnlyList<AgentFeedEdge> edges,
        IReadOnlyList<string> named
    ) => named.Count == 0 ? edges : [.. edges.Where(e => named.Any(n => IsNamed(e, n)))];

    /// <summary>Returns the names that match no edge of the feed.</summary>
    public static IReadOnlyList<string> Unknown(IReadOnlyList<AgentFeedEdge> edges, IReadOnlyList<string> named) =>
        [.. named.Where(n => !edges.Any(e => IsNamed(e, n)))];

    private static bool IsNamed(AgentFeedEdge edge, string name) =>
        edge.Id == name
        || edge.Name.Equals(name, StringComparison.OrdinalIgnoreCase)
        || edge.Addresses.Contains(name, StringComparer.OrdinalIgnoreCase);
}
