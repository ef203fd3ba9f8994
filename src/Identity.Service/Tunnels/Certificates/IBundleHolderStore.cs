using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.Certificates;

/// <summary>Which epoch of a tunnel's bundle was given to whom, and who said to hold it.</summary>
internal interface IBundleHolderStore
{
    ValueTask<IReadOnlyList<KnownHolder>> ListAsync(TunnelId tunnelId, CancellationToken cancellationToken);

    ValueTask<KnownHolder?> FindAsync(
        TunnelId tunnelId,
        HolderKind kind,
        string holder,
        CancellationToken cancellationToken
    );

    /// <summary>It called, and was given that epoch (0 = nothing new). Neither ever goes back.</summary>
    Statement Heard(TunnelId tunnelId, HolderKind kind, string holder, long servedEpoch, DateTimeOffset at);

    /// <summary>Its word. Written only while the epoch is one that was served to it.</summary>
    Statement Acknowledge(TunnelId tunnelId, HolderKind kind, string holder, long epoch, string by, DateTimeOffset at);
}
