using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels;

/// <summary>Tunnels for what is asked for often, and then decided in a commit that asks again whether they live.</summary>
internal sealed class KnownTunnels(TunnelStore store, IRevisions revisions)
{
    private readonly LastRead<Tunnel> known = new(revisions);

    public ValueTask<Tunnel?> FindAsync(string id, CancellationToken cancellationToken) =>
        known.FindAsync(id, store.FindAsync, cancellationToken);
}
