using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.Certificates;

/// <summary>
/// Trust anchors in the store. Used by the compatible endpoint for trust-only ones, and by the certificates
/// capability, which registers a service-held authority's certificate when it is staged (S14). Every change also
/// raises the tunnel's bundle epoch: the statements below include that.
/// </summary>
internal interface IRegisteredCertificateStore
{
    ValueTask<RegisteredCertificate?> FindAsync(string certificateId, CancellationToken cancellationToken);

    /// <summary>The unarchived registration of that certificate on that tunnel.</summary>
    ValueTask<RegisteredCertificate?> FindLiveAsync(
        TunnelId tunnelId,
        string fingerprint,
        CancellationToken cancellationToken
    );

    /// <summary>Newest first, one more than the page holds when there are more.</summary>
    ValueTask<IReadOnlyList<RegisteredCertificate>> ListAsync(
        TunnelId tunnelId,
        PageRequest page,
        CancellationToken cancellationToken
    );

    /// <summary>The trust bundle's content, newest first: neither archived nor waiting for a second person.</summary>
    ValueTask<IReadOnlyList<RegisteredCertificate>> ListLiveAsync(
        TunnelId tunnelId,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Conflicts: <see cref="TunnelConflict.Stale"/> (tunnel archived), <see cref="TunnelConflict.AlreadyRegistered"/>,
    /// <see cref="TunnelConflict.SlotsTaken"/>.
    /// </summary>
    IReadOnlyList<Statement> Insert(RegisteredCertificate certificate);

    /// <summary>
    /// <see cref="TunnelConflict.BundleInUse"/> when the tunnel has an anchor or a relying party: committed with an
    /// addition that one person may make.
    /// </summary>
    Statement RequireUnusedBundle(TunnelId tunnelId);

    /// <summary>A pending one joins the bundle. <see cref="TunnelConflict.Stale"/> when it is archived or added already.</summary>
    IReadOnlyList<Statement> Add(RegisteredCertificate certificate, DateTimeOffset at);

    /// <summary><see cref="TunnelConflict.Stale"/> when it is archived, or another change waits.</summary>
    Statement RequestRemoval(RegisteredCertificate certificate, PendingChange change);

    /// <summary><see cref="TunnelConflict.Stale"/> when it is archived already, or joined the bundle meanwhile.</summary>
    IReadOnlyList<Statement> Archive(RegisteredCertificate certificate, DateTimeOffset at);

    /// <summary>A retiring or tainted authority keeps its anchor listed but gives up the slot (S14).</summary>
    Statement ReleaseSlot(RegisteredCertificateId id);

    /// <summary>The authority issues again; <see cref="TunnelConflict.SlotsTaken"/> when both slots are.</summary>
    Statement TakeSlot(TunnelId tunnelId, RegisteredCertificateId id);
}
