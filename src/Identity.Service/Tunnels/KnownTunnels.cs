using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels;

/// <summary>
/// Tunnels for frequent requests, which a commit then decides after another check that the tunnel is not archived.
/// </summary>
internal sealed class KnownTunnels(TunnelStore store, IRevisions revisions)
{
    private readonly LastRead<Tunnel> known = new(revisions);

    public ValueTask<Tunnel?> FindAsync(string id, CancellationToken cancellationToken) =>
        known.FindAsync(id, store.FindAsync, cancellationToken);
}
