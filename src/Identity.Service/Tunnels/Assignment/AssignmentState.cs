using System.Collections.Concurrent;
using System.Globalization;

namespace Culvert.Identity.Service.Tunnels.Assignment;

/// <summary>The inputs of edge assignment at one moment.</summary>
/// <param name="edgesPerTunnel">For tunnels without pins.</param>
/// <param name="pins">By tunnel id.</param>
/// <param name="changes">The changes that are still in effect, newest first.</param>
internal sealed class AssignmentState(
    IReadOnlyCollection<EdgeAvailability> edges,
    int edgesPerTunnel,
    IReadOnlyDictionary<string, IReadOnlyList<string>> pins,
    IReadOnlyList<AssignmentChange> changes
)
{
    private readonly ConcurrentDictionary<string, TunnelAssignment> known = new(StringComparer.Ordinal);

    public int EdgeCount => edges.Count;

    public TunnelAssignment Get(string tunnelId) =>
        known.GetOrAdd(tunnelId, static (id, self) => self.Decide(id), this);

    private TunnelAssignment Decide(string tunnelId)
    {
        var (past, number, pinned) = (edges, edgesPerTunnel, pins.GetValueOrDefault(tunnelId, []));
        var assigned = EdgeRanking.Choose(tunnelId, pinned, past, number);
        var (leaving, left) = (new List<string>(), new List<string>());

        // Backwards in time: edges assigned before each change still have clients.
        foreach (var change in changes.Where(change => change.TunnelId is null || change.TunnelId == tunnelId))
        {
            if (change.TunnelId is not null)
            {
                pinned = change.Former.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            }
            else if (change.EdgeId is { } edgeId)
            {
                past = Before(past, edgeId, change.Former);
            }
            else
            {
                number = int.Parse(change.Former, CultureInfo.InvariantCulture);
            }

            (change.HaveAgentsLeft ? left : leaving).AddRange(EdgeRanking.Choose(tunnelId, pinned, past, number));
        }

        // An archived edge serves nothing.
        var live = edges.Select(edge => edge.Id).ToHashSet(StringComparer.Ordinal);
        var isLeaving = leaving.Where(live.Contains).Except(assigned).Distinct().ToList();
        return new TunnelAssignment(
            assigned,
            isLeaving,
            [.. left.Where(live.Contains).Except(assigned).Except(isLeaving).Distinct()]
        );
    }

    private static List<EdgeAvailability> Before(IEnumerable<EdgeAvailability> after, string edgeId, string former)
    {
        var before = after.Where(edge => edge.Id != edgeId).ToList();
        if (former != EdgeAvailabilities.Absent)
        {
            before.Add(new EdgeAvailability(edgeId, former == EdgeAvailabilities.Available));
        }

        return before;
    }
}
