using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>
/// The cached authority that signs for a tunnel. Every issuance reads it, and the intent's commit checks it again; if
/// it is outdated, <see cref="Forget"/> makes the next call read the store.
/// </summary>
internal sealed class ActiveAuthorities(TunnelAuthorityStore store, IRevisions revisions)
{
    private readonly LastRead<TunnelAuthority> known = new(revisions);

    public ValueTask<TunnelAuthority?> FindAsync(TunnelId tunnelId, CancellationToken cancellationToken) =>
        known.FindAsync(
            tunnelId.Value,
            (id, token) => store.FindActiveAsync(TunnelId.Wrap(id), token),
            cancellationToken
        );

    public void Forget(TunnelId tunnelId) => known.Forget(tunnelId.Value);
}
