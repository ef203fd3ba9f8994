namespace Culvert.Identity.Service.Federation.ServiceAccounts;

internal sealed record CreateServiceAccountRequest
{
    public required string Name { get; init; }

    public string? Description { get; init; }

    public string? OrganizationRole { get; init; }
}
