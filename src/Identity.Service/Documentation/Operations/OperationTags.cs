namespace Culvert.Identity.Service.Documentation.Operations;

internal static class OperationTags
{
    public const string Other = "other";

    private const string Version = "/v1/";
    private const string Organizations = "organizations";

    public static IReadOnlyDictionary<string, string> Descriptions { get; } =
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["admin_keys"] = "Keys of administrators.",
            ["agent"] = "Calls by agents, mostly with their certificate on the machine port.",
            ["agents"] = "The agents of all tunnels.",
            ["approvals"] = "Requests for the approval of calls, over all tunnels.",
            ["audit"] = "The record of every decision.",
            ["authentication_history"] = "Why exchanges were granted or denied.",
            ["certificate_authorities"] = "Authorities that sign the certificates of tunnels, and their rotation.",
            ["certificates"] = "The inventory of issued certificates, their renewal and revocation.",
            ["client_range_sets"] = "Named lists of client address ranges.",
            ["clock"] = "The clock of the node.",
            ["connections"] = "How people connect routes with their own accounts at the upstreams.",
            ["crl"] = "Certificate revocation lists.",
            ["edge"] = "Calls by edges, mostly with their certificate on the machine port.",
            ["edges"] = "The registered edges.",
            ["federation_issuers"] = "Identity providers whose tokens the organization trusts.",
            ["federation_presets"] = "What the service knows about common platforms.",
            ["federation_rules"] = "Which tokens are exchanged for which access.",
            ["inventory"] = "The servers behind all tunnels: their names, owners, attestations and callers.",
            ["jobs"] = "The recurring work of a node.",
            ["oauth"] = "The token endpoint and related operations.",
            ["ocsp"] = "The OCSP responder.",
            ["openapi.json"] = "This description.",
            [Organizations] = "Organizations of the installation.",
            ["people"] = "People of the identity providers, and the end of their access.",
            ["platform_ca"] = "The authority that certifies agents, edges and the service.",
            ["search"] = "Objects by id, serial number or name, over everything that the caller may read.",
            ["service_accounts"] = "Identities that rules grant to workloads.",
            ["static_secrets"] = "The secrets that only a person replaces, of the service and of all agents.",
            ["sign_in"] = "Sign-in of people at the command line.",
            ["status"] = "Whether everything works, in one answer.",
            ["tokens"] = "Issued access tokens.",
            ["transparency"] = "The log that proves that records were not changed afterwards.",
            ["tunnels"] = "Tunnels with their settings, certificates, hostnames and agents.",
            ["versions"] = "The versions of programs in the installation.",
            ["webhooks"] = "Notices to other systems.",
            ["workspaces"] = "Workspaces of the organization and their members.",
            [Other] = "Well-known documents and health.",
        };

    /// <summary>The first path segment after the version; below organizations, the resource's name.</summary>
    public static string GetTag(string path)
    {
        if (!path.StartsWith(Version, StringComparison.Ordinal))
        {
            return Other;
        }

        var words = path[Version.Length..].Split('/');
        return words is [Organizations, var resource, ..] && Descriptions.ContainsKey(resource) ? resource : words[0];
    }
}
