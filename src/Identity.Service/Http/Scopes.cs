namespace Culvert.Identity.Service.Http;

/// <summary>The complete list of scopes (S2).</summary>
internal static class Scopes
{
    public const string WorkspaceDeveloper = "workspace:developer";
    public const string WorkspaceInference = "workspace:inference";
    public const string ManageTunnels = "workspace:manage_tunnels";
    public const string OrganizationAdmin = "org:admin";
    public const string TunnelAgent = "tunnel:agent";
    public const string EdgeServe = "edge:serve";
    public const string CertificateIssue = "certificate:issue";
    public const string BundleRead = "bundle:read";
    public const string Scim = "scim";
    public const string InstallationOperate = "installation:operate";

    public static readonly IReadOnlyList<string> All =
    [
        WorkspaceDeveloper,
        WorkspaceInference,
        ManageTunnels,
        OrganizationAdmin,
        TunnelAgent,
        EdgeServe,
        CertificateIssue,
        BundleRead,
        Scim,
        InstallationOperate,
    ];

    /// <summary><c>org:admin</c> implies what people do inside its organization, and what a directory does; machine scopes are never implied.</summary>
    public static bool Grants(IReadOnlySet<string> held, string required) =>
        held.Contains(required) || (required is ManageTunnels or Scim && held.Contains(OrganizationAdmin));
}
