using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>
/// The authority that signs for a tunnel. Every certificate asks for it, and the intent's commit asks again whether it
/// still does: with that answer, <see cref="Forget"/> makes the next one a fresh one.
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
