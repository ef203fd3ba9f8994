namespace Culvert.Identity.Cli.Hosting;

internal static class SettingVariables
{
    public const string Profile = "CULVERT_PROFILE";
    public const string Url = "CULVERT_IDENTITY_URL";
    public const string CaFile = "CULVERT_PLATFORM_CA";
    public const string CaSha256 = "CULVERT_PLATFORM_CA_SHA256";
    public const string AdminKeyFile = "CULVERT_ADMIN_KEY_FILE";
    public const string Organization = "CULVERT_ORGANIZATION_ID";
    public const string Workspace = "CULVERT_WORKSPACE_ID";
}
