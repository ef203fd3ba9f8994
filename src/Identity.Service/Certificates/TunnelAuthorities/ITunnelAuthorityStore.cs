using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>Tunnels' authorities. At most one of a tunnel is active.</summary>
internal interface ITunnelAuthorityStore
{
    ValueTask<TunnelAuthority?> FindAsync(string id, CancellationToken cancellationToken);

    ValueTask<TunnelAuthority?> FindActiveAsync(TunnelId tunnelId, CancellationToken cancellationToken);

    /// <summary>Newest first, one more than the page holds when there are more; null = all.</summary>
    ValueTask<IReadOnlyList<TunnelAuthority>> ListAsync(
        string organizationId,
        string? workspaceId,
        string? tunnelId,
        PageRequest page,
        CancellationToken cancellationToken
    );

    Statement Insert(TunnelAuthority authority);

    /// <summary>
    /// Writes state, chain and registration over a row that is still in state <paramref name="expected"/>; otherwise
    /// <see cref="AuthorityConflict.Stale"/>. A second active one is <see cref="AuthorityConflict.OtherActive"/>.
    /// </summary>
    Statement Update(TunnelAuthority authority, AuthorityState expected);
}
