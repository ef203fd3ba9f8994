namespace Culvert.Identity.Service.Federation.ServiceAccounts;

internal sealed record CreateServiceAccountRequest(
    string Name,
    string? Description = null,
    string? OrganizationRole = null
);
