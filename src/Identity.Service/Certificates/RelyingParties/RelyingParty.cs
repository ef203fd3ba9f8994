using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Certificates.RelyingParties;

/// <summary>A party that verifies a tunnel's certificates and reports which trust bundle it holds (S17).</summary>
internal sealed record RelyingParty
{
    public required RelyingPartyId Id { get; init; }

    public long Ordinal { get; init; }

    public required string OrganizationId { get; init; }

    public required string WorkspaceId { get; init; }

    public required TunnelId TunnelId { get; init; }

    /// <summary>Unique among the tunnel's unarchived relying parties.</summary>
    public required string Name { get; init; }

    /// <summary>The service account whose access tokens (<c>bundle:read</c>) also represent it; null = none.</summary>
    public string? ServiceAccountId { get; init; }

    public required string CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ArchivedAt { get; init; }
}
