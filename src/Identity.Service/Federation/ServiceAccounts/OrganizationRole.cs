namespace Culvert.Identity.Service.Federation.ServiceAccounts;

/// <summary>What a service account may be at most: a token's rights are its scope and this role together.</summary>
internal enum OrganizationRole
{
    Developer,
    Admin,
}
