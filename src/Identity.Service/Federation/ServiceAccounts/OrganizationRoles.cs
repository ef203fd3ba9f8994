using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Federation.ServiceAccounts;

internal static class OrganizationRoles
{
    public static string Name(this OrganizationRole role) => WireNames.Get(role);
}
