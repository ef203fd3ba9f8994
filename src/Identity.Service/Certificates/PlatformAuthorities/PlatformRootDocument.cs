namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary>A root of the platform CA.</summary>
/// <param name="Sha256">What machines pin (<c>identity.ca_sha256</c>).</param>
/// <param name="RetiresAt">Retiring roots: when it leaves the bundle automatically.</param>
/// <param name="LinkedUntil">
/// Until when links lead from this root to the active one; null = it is active, or no link does.
/// </param>
internal sealed record PlatformRootDocument(
    string Id,
    string State,
    DateTime StateSince,
    string Sha256,
    DateTime NotAfter,
    long AddedEpoch,
    long? RemovedEpoch,
    DateTime? RetiresAt,
    DateTime? LinkedUntil
);
