namespace Culvert.Identity.Service.Federation.ServiceAccounts;

/// <summary>The roles' names on the wire and in the store.</summary>
internal static class OrganizationRoles
{
    public const string Developer = "developer";
    public const string Admin = "admin";

    public static string Name(this OrganizationRole role) => role == OrganizationRole.Admin ? Admin : Developer;

    public static bool TryParse(string? name, out OrganizationRole role)
    {
        role = name == Admin ? OrganizationRole.Admin : OrganizationRole.Developer;
        return name is Admin or Developer;
    }
}
