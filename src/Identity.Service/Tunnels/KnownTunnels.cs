using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels;

/// <summary>A cache for frequent requests; the commit of a request checks again that the tunnel is not archived.</summary>
internal sealed class KnownTunnels(TunnelStore store, IRevisions revisions)
{
    private readonly LastRead<Tunnel> known = new(revisions);

    public ValueTask<Tunnel?> FindAsync(string id, CancellationToken cancellationToken) =>
        known.FindAsync(id, store.FindAsync, cancellationToken);
}
