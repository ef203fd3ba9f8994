using Culvert.Identity.Service.Certificates.Health;

namespace Culvert.Identity.Service.Doctor;

/// <summary>A store as the doctor found it.</summary>
internal sealed record StoreState
{
    /// <summary>Why it could not be looked into; null when it could.</summary>
    public string? Error { get; init; }

    /// <summary>Migrations that this version wants and the database lacks; with any, nothing below is filled in.</summary>
    public IReadOnlyList<string> Pending { get; init; } = [];

    /// <summary>Why the sealing key does not open this store; null when it does.</summary>
    public string? SealingError { get; init; }

    /// <summary>When the newest decision of any node was recorded; null before the first.</summary>
    public DateTimeOffset? NewestEntry { get; init; }

    /// <summary>Of each target of <c>audit.export</c> and chain of which it lacks something: its oldest such entry.</summary>
    public IReadOnlyList<(string Target, DateTimeOffset OldestAt)> AuditLags { get; init; } = [];

    public IReadOnlyList<AuthorityEnd> Authorities { get; init; } = [];

    public IReadOnlyList<ListAge> Lists { get; init; } = [];

    /// <summary>Organizations by their unarchived tunnels, those with the most first.</summary>
    public IReadOnlyList<(string OrganizationId, string Name, long Tunnels)> Organizations { get; init; } = [];

    /// <summary>Unarchived tunnels that have no trust anchor, or no slot left for another (S14).</summary>
    public IReadOnlyList<(string TunnelId, long Anchors, long Slots)> UnusualTunnels { get; init; } = [];

    /// <summary>Unarchived issuers, the newest first.</summary>
    public IReadOnlyList<StoredIssuer> Issuers { get; init; } = [];

    /// <summary>Live authorities whose key is in an HSM.</summary>
    public IReadOnlyList<(string AuthorityId, string Label, byte[] PublicKey)> HsmKeys { get; init; } = [];
}
