using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary>
/// The platform CA's anchors as feeds show them. A boundary: the certificates capability implements it, and bumps the
/// feed's revision whenever it changes.
/// </summary>
internal interface IPlatformBundle
{
    /// <summary>Roots (and links between them, S11) with their epoch; one immutable object.</summary>
    BundleDocument Current { get; }

    /// <summary>Makes <see cref="Current"/> what the installation has at that revision of the feed, or later.</summary>
    ValueTask RefreshAsync(long revision, CancellationToken cancellationToken);
}
