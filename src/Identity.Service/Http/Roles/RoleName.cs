namespace Culvert.Identity.Service.Http.Roles;

internal static class RoleName
{
    public const string Viewer = "viewer";
    public const string Auditor = "auditor";
    public const string Approver = "approver";
    public const string Operator = "operator";
    public const string SecurityAdmin = "security-admin";
    public const string Scim = "scim";
    public const string InstallationOperator = "installation-operator";
}
