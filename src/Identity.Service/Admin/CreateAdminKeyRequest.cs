using Culvert.Identity.Service.Http.Roles;

namespace Culvert.Identity.Service.Admin;

/// <param name="Role">One of <see cref="AdminRole.All"/>.</param>
/// <param name="OrganizationId">
/// Null = the caller's own; another organization requires <c>installation:operate</c> (S1).
/// </param>
/// <param name="LifetimeSeconds">1 min to 400 d; null = 90 d.</param>
internal sealed record CreateAdminKeyRequest(
    string Name,
    string Role,
    string? OrganizationId = null,
    int? LifetimeSeconds = null
);
