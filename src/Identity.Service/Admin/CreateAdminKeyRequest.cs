using Culvert.Identity.Service.Http.Roles;

namespace Culvert.Identity.Service.Admin;

internal sealed record CreateAdminKeyRequest
{
    public required string Name { get; init; }

    /// <summary>One of <see cref="AdminRole.All"/>.</summary>
    public required string Role { get; init; }

    /// <summary>Null = the caller's own; another organization requires <c>installation:operate</c> (S1).</summary>
    public string? OrganizationId { get; init; }

    /// <summary>1 min to 400 d; null = 90 d.</summary>
    public int? LifetimeSeconds { get; init; }
}
