using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.InnerTls;

/// <summary>A cache. The intent's commit checks the entry again; <see cref="Forget"/> removes an outdated one.</summary>
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
