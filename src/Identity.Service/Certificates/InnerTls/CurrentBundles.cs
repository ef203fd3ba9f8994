using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Certificates;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Certificates.InnerTls;

/// <summary>The cached trust bundles of tunnels, for frequent requests.</summary>
internal sealed class CurrentBundles(TunnelStore tunnels, RegisteredCertificateStore registered, IRevisions revisions)
{
    private readonly LastRead<BundleDocument> known = new(revisions);

    public ValueTask<BundleDocument?> FindAsync(TunnelId id, CancellationToken cancellationToken) =>
        known.FindAsync(
            id.Value,
            async (_, ct) =>
                // The epoch is read first: the certificates may be newer than the epoch, but never older.
                await tunnels.FindAsync(id.Value, ct) is { } tunnel
                    ? new BundleDocument(
                        Epoch: tunnel.BundleEpoch,
                        Pem: TrustBundle.Join(await registered.ListLiveAsync(id, ct))
                    )
                    : null,
            cancellationToken
        );
}
