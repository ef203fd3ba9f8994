namespace Culvert.Identity.Service.Certificates.Notices;

internal sealed record ExpiringSubject
{
    /// <summary><c>certificate_authority</c>, <c>tunnel_certificate</c>, <c>certificate</c> or <c>platform_authority</c>.</summary>
    public required string Type { get; init; }

    public required string Id { get; init; }

    /// <summary>Null for what belongs to the installation.</summary>
    public string? OrganizationId { get; init; }

    public string? TunnelId { get; init; }

    /// <summary>Its name, SPIFFE id, domain or fingerprint, for people.</summary>
    public required string Name { get; init; }

    public required DateTimeOffset NotBefore { get; init; }

    public required DateTimeOffset NotAfter { get; init; }
}
