using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.Assignment;

/// <summary>
/// What decides which edges each tunnel has. Every change of it is written down with what was before, in the same decision
/// and ahead of the change itself.
/// </summary>
internal interface IAssignmentStore
{
    ValueTask<AssignmentState> ReadAsync(CancellationToken cancellationToken);

    /// <summary>The number of edges per tunnel that is in force; null = none was ever set.</summary>
    ValueTask<int?> EdgesPerTunnelAsync(CancellationToken cancellationToken);

    /// <summary>The edge is about to be registered, drained, resumed or archived, or reports for the first time.</summary>
    Statement StandingChanges(EdgeId id, DateTimeOffset at);

    /// <summary>The tunnel is about to be pinned to these edges. Conflict: <see cref="TunnelConflict.UnknownEdge"/>.</summary>
    IReadOnlyList<Statement> PinsChange(TunnelId id, IReadOnlyList<string> pins, DateTimeOffset at);

    /// <summary>Sets the number of edges per tunnel; <see cref="TunnelConflict.Stale"/> when that is the number.</summary>
    IReadOnlyList<Statement> SetEdgesPerTunnel(int number, DateTimeOffset at);

    /// <summary>How many changes were made up to either moment and have not been ended as far.</summary>
    /// <param name="leftBy">Agents leave the edges that lost tunnels up to then.</param>
    /// <param name="overBy">Those edges forget the tunnels that they lost up to then.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    ValueTask<(int Leaving, int Over)> CountDueAsync(
        DateTimeOffset leftBy,
        DateTimeOffset overBy,
        CancellationToken cancellationToken
    );

    /// <summary>Ends them; <see cref="TunnelConflict.Stale"/> when another node has done so.</summary>
    IReadOnlyList<Statement> End((int Leaving, int Over) due, DateTimeOffset leftBy, DateTimeOffset overBy);
}
