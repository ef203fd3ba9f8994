using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Federation.ServiceAccounts;

/// <summary>The roles' names on the wire and in the store.</summary>
internal static class OrganizationRoles
{
    public static string Name(this OrganizationRole role) => WireNames.Of(role);
}
