namespace Culvert.Identity.Cli.Api;

/// <summary>A kind of object: the prefix of its ids, its path in the API, and the member with its name.</summary>
internal sealed record Noun(string Word, string Prefix, string Path, string NameMember)
{
    public static readonly Noun Tunnel = new("tunnel", "tnl_", "v1/tunnels", "display_name");
    public static readonly Noun Edge = new("edge", "edge_", "v1/edges", "name");
    public static readonly Noun Ca = new("ca", "ca_", "v1/certificate_authorities", "name");
    public static readonly Noun Issuer = new("issuer", "fdis_", "v1/organizations/federation_issuers", "name");
    public static readonly Noun Rule = new("rule", "fdrl_", "v1/organizations/federation_rules", "name");
    public static readonly Noun ServiceAccount = new(
        "service-account",
        "svac_",
        "v1/organizations/service_accounts",
        "name"
    );
    public static readonly Noun OAuthClient = new("oauth-client", "ocl_", "v1/oauth/clients", "name");
    public static readonly Noun Connection = new("connection", "conn_", "v1/connections", "display_name");
    public static readonly Noun AdminKey = new("admin-key", "key_", "v1/admin_keys", "name");
    public static readonly Noun Workspace = new("workspace", "wrkspc_", "v1/organizations/workspaces", "name");

    public string GetPath(string id) => $"{Path}/{Uri.EscapeDataString(id)}";
}
