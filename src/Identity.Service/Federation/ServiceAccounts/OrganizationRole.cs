namespace Culvert.Identity.Service.Federation.ServiceAccounts;

/// <summary>The upper limit of a service account's rights: a token's rights are its scope and this role together.</summary>
internal enum OrganizationRole
{
    Developer,
    Admin,
}
