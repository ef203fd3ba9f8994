using Culvert.Identity.Service.Certificates.Health;

namespace Culvert.Identity.Service.Doctor;

internal sealed record StoreState
{
    public string? Error { get; init; }

    /// <summary>Pending migrations; if there are any, the members below are empty.</summary>
    public IReadOnlyList<string> Pending { get; init; } = [];

    /// <summary>Why the sealing key does not open this store; null if it does.</summary>
    public string? SealingError { get; init; }

    /// <summary>When the latest decision of any node was recorded; null before the first.</summary>
    public DateTimeOffset? NewestEntry { get; init; }

    /// <summary>For each target of <c>audit.export</c> with missing entries: the time of the oldest one.</summary>
    public IReadOnlyList<(string Target, DateTimeOffset OldestAt)> AuditLags { get; init; } = [];

    public IReadOnlyList<AuthorityEnd> Authorities { get; init; } = [];

    public IReadOnlyList<ListAge> Lists { get; init; } = [];

    public IReadOnlyList<(string OrganizationId, string Name, long Tunnels)> Organizations { get; init; } = [];

    /// <summary>Unarchived tunnels without a trust anchor, or without a slot for another (S14).</summary>
    public IReadOnlyList<(string TunnelId, long Anchors, long Slots)> UnusualTunnels { get; init; } = [];

    /// <summary>Unarchived issuers, newest first.</summary>
    public IReadOnlyList<StoredIssuer> Issuers { get; init; } = [];

    /// <summary>Live authorities whose key is in an HSM.</summary>
    public IReadOnlyList<(string AuthorityId, string Label, byte[] PublicKey)> HsmKeys { get; init; } = [];
}
