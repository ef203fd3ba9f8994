using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.Hostnames;

internal interface IHostnameStore
{
    ValueTask<Hostname?> FindAsync(TunnelId tunnelId, string name, CancellationToken cancellationToken);

    /// <summary>Of one tunnel, by name; bounded by their limit.</summary>
    ValueTask<IReadOnlyList<Hostname>> ListAsync(TunnelId tunnelId, CancellationToken cancellationToken);

    /// <summary>The active ones of all unarchived tunnels: what edges need.</summary>
    ValueTask<IReadOnlyList<Hostname>> ListActiveAsync(CancellationToken cancellationToken);

    /// <summary>Not approved ones of unarchived tunnels that were last looked at before; the longest ago first.</summary>
    ValueTask<IReadOnlyList<Hostname>> ListDueAsync(
        DateTimeOffset checkedBefore,
        int count,
        CancellationToken cancellationToken
    );

    /// <summary>Whether one of the names is or was a tunnel's domain.</summary>
    ValueTask<bool> IsTunnelDomainAsync(string[] names, CancellationToken cancellationToken);

    /// <summary>
    /// Conflicts: <see cref="TunnelConflict.Stale"/> (tunnel archived), <see cref="TunnelConflict.AlreadyRegistered"/>,
    /// <see cref="TunnelConflict.LimitReached"/>.
    /// </summary>
    IReadOnlyList<Statement> Insert(Hostname hostname, int limit);

    /// <summary>
    /// Writes what a look or an approval made of it. Conflicts: <see cref="TunnelConflict.Stale"/> (removed, tunnel
    /// archived, or somebody else looked meanwhile), <see cref="TunnelConflict.InUse"/> (another tunnel holds it).
    /// </summary>
    /// <param name="before">As it was read.</param>
    /// <param name="after">What it becomes.</param>
    /// <param name="organizationId">Whose tunnel it is: its own archived tunnels give their names up.</param>
    /// <param name="reservedSince">Tunnels archived since then keep their names from other organizations.</param>
    IReadOnlyList<Statement> Update(
        Hostname before,
        Hostname after,
        string organizationId,
        DateTimeOffset reservedSince
    );

    /// <summary><see cref="TunnelConflict.Stale"/> when it is gone.</summary>
    Statement Remove(Hostname hostname);
}
