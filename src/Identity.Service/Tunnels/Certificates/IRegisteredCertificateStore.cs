using Culvert.Identity.Service.Hosting;
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

    /// <summary>The live registration of that certificate on that tunnel.</summary>
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

    /// <summary>All unarchived ones, newest first: the trust bundle's content.</summary>
    ValueTask<IReadOnlyList<RegisteredCertificate>> ListLiveAsync(
        TunnelId tunnelId,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Conflicts: <see cref="TunnelConflict.Stale"/> (tunnel archived), <see cref="TunnelConflict.AlreadyRegistered"/>,
    /// <see cref="TunnelConflict.SlotsTaken"/>.
    /// </summary>
    IReadOnlyList<Statement> Insert(RegisteredCertificate certificate);

    /// <summary><see cref="TunnelConflict.Stale"/> when it is archived already.</summary>
    IReadOnlyList<Statement> Archive(RegisteredCertificate certificate, DateTimeOffset at);

    /// <summary>A retiring or tainted authority keeps its anchor listed but gives up the slot (S14).</summary>
    Statement ReleaseSlot(RegisteredCertificateId id);

    /// <summary>The authority issues again; <see cref="TunnelConflict.SlotsTaken"/> when both slots are.</summary>
    Statement TakeSlot(TunnelId tunnelId, RegisteredCertificateId id);
}
