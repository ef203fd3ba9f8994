namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary>A root of the platform CA.</summary>
internal sealed record PlatformRootDocument
{
    public required string Id { get; init; }

    public required string State { get; init; }

    public required DateTime StateSince { get; init; }

    /// <summary>What machines pin (<c>identity.ca_sha256</c>).</summary>
    public required string Sha256 { get; init; }

    public required DateTime NotAfter { get; init; }

    public required long AddedEpoch { get; init; }

    public required long? RemovedEpoch { get; init; }

    /// <summary>Retiring roots: when it leaves the bundle automatically.</summary>
    public required DateTime? RetiresAt { get; init; }

    /// <summary>Until when links lead from this root to the active one; null = it is active, or no link does.</summary>
    public required DateTime? LinkedUntil { get; init; }
}
