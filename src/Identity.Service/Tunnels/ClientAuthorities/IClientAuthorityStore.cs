using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.ClientAuthorities;

internal interface IClientAuthorityStore
{
    ValueTask<ClientAuthority?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>Newest first, one more than the page holds when there are more.</summary>
    ValueTask<IReadOnlyList<ClientAuthority>> ListAsync(
        TunnelId tunnelId,
        PageRequest page,
        CancellationToken cancellationToken
    );

    /// <summary>The unarchived ones of all unarchived tunnels: what edges need.</summary>
    ValueTask<IReadOnlyList<ClientAuthority>> ListLiveAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Conflicts: <see cref="TunnelConflict.Stale"/> (tunnel archived), <see cref="TunnelConflict.AlreadyRegistered"/>,
    /// <see cref="TunnelConflict.LimitReached"/>.
    /// </summary>
    IReadOnlyList<Statement> Insert(ClientAuthority authority, int limit);

    /// <summary><see cref="TunnelConflict.Stale"/> when it is archived already.</summary>
    Statement Archive(ClientAuthorityId id, DateTimeOffset at);
}
