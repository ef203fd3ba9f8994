using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.RangeSets;

internal interface IClientRangeSetStore
{
    ValueTask<ClientRangeSet?> FindAsync(string organizationId, string name, CancellationToken cancellationToken);

    /// <summary>All of an organization's, by name.</summary>
    ValueTask<IReadOnlyList<ClientRangeSet>> ListAsync(string organizationId, CancellationToken cancellationToken);

    /// <summary>Of all organizations: what edges need.</summary>
    ValueTask<IReadOnlyList<ClientRangeSet>> ListAllAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Writes the set whose revision is one less, or makes it; conflicts <see cref="TunnelConflict.Stale"/> and, beyond
    /// the limit, <see cref="TunnelConflict.LimitReached"/>.
    /// </summary>
    IReadOnlyList<Statement> Save(ClientRangeSet set, int limit);

    /// <summary><see cref="TunnelConflict.InUse"/> while a live tunnel names it, or when it is gone.</summary>
    Statement Remove(ClientRangeSet set);
}
