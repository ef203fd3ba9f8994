using Culvert.Identity.Service.Admin;
using Culvert.Identity.Service.Certificates.Registered;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Connections;
using Culvert.Identity.Service.Federation.Administration;
using Culvert.Identity.Service.Federation.ServiceAccounts;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.OAuthClients;
using Culvert.Identity.Service.Servers.Calls;
using Culvert.Identity.Service.Servers.Policies;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Edges;
using Culvert.Identity.Service.Tunnels.Hostnames;
using Culvert.Identity.Service.Tunnels.Machines;
using Culvert.Identity.Service.Webhooks;

namespace Culvert.Identity.Service.Search;

/// <summary>A kind of object that can be found by its id, and by its name if it has one.</summary>
/// <param name="Type">The <c>type</c> of the object's own document.</param>
/// <param name="Operation">The operation that lists such objects: its callers can find them.</param>
/// <param name="Rows">
/// The rows of the caller's organization: <c>id</c>, <c>name</c>, <c>detail</c>, <c>tunnel_id</c>, <c>archived_at_ms</c> and
/// <c>ordinal</c>, which grows with time. A join names its ordinal again: SQLite sorts by an alias, not by one of two columns.
/// </param>
/// <param name="IdColumn">The primary key column; null = found only by name.</param>
internal sealed record SearchKind(string Type, Operation Operation, string Rows, string? IdColumn)
{
    public const string Certificate = "certificate";
    public const string Authentication = "authentication";
    public const string Audit = "audit";

    private const string Own = "organization_id = @OrganizationId";
    private const string OfTunnels = $"WHERE t.{Own} AND (@WorkspaceId IS NULL OR t.workspace_id = @WorkspaceId)";
    private const string OfWorkspace = $"WHERE {Own} AND (@WorkspaceId IS NULL OR workspace_id = @WorkspaceId)";
    private const string OfOrganization = $"WHERE {Own}";
    private const string None = "CAST(NULL AS TEXT)";

    public bool HasName { get; init; } = true;

    /// <summary>Whether <c>detail</c> is a name too, such as a domain, and not a state.</summary>
    public bool HasNameInDetail { get; init; }

    /// <summary>The column with the SHA-256 of a certificate; null = none.</summary>
    public string? FingerprintColumn { get; init; }

    /// <summary>The kinds with rows of their own, in display order.</summary>
    public static IReadOnlyList<SearchKind> All { get; } =
    [
        new(
            "tunnel",
            TunnelOperations.List,
            "SELECT id, display_name AS name, domain AS detail, id AS tunnel_id, archived_at_ms, ordinal "
                + $"FROM tunnels {OfWorkspace}",
            "id"
        )
        {
            HasNameInDetail = true,
        },
        new(
            "tunnel_hostname",
            HostnameOperations.List,
            "SELECT h.name AS id, h.name, h.state AS detail, h.tunnel_id, t.archived_at_ms, h.created_at_ms AS ordinal "
                + $"FROM hostnames h JOIN tunnels t ON t.id = h.tunnel_id {OfTunnels}",
            IdColumn: null
        ),
        new(
            "agent",
            AgentOperations.List,
            $"SELECT id, instance_id AS name, {None} AS detail, tunnel_id, "
                + $"revoked_at_ms AS archived_at_ms, created_at_ms AS ordinal FROM enrollments {OfWorkspace}",
            "id"
        )
        {
            // No index leads from an organization to its agents.
            HasName = false,
        },
        new(
            "certificate_authority",
            AuthorityOperations.List,
            "SELECT id, name, state AS detail, tunnel_id, archived_at_ms, ordinal "
                + $"FROM certificate_authorities {OfWorkspace}",
            "id"
        )
        {
            FingerprintColumn = "fingerprint",
        },
        new(
            "tunnel_certificate",
            RegisteredCertificateOperations.List,
            $"SELECT c.id, {None} AS name, c.fingerprint AS detail, c.tunnel_id, c.archived_at_ms, c.ordinal AS ordinal "
                + $"FROM registered_certificates c JOIN tunnels t ON t.id = c.tunnel_id {OfTunnels}",
            "c.id"
        )
        {
            HasName = false,
            FingerprintColumn = "c.fingerprint",
        },
        new(
            "federation_issuer",
            IssuerOperations.List,
            $"SELECT id, name, issuer_url AS detail, {None} AS tunnel_id, archived_at_ms, ordinal "
                + $"FROM federation_issuers {OfOrganization}",
            "id"
        )
        {
            HasNameInDetail = true,
        },
        new(
            "federation_rule",
            RuleOperations.List,
            $"SELECT id, name, state AS detail, {None} AS tunnel_id, archived_at_ms, ordinal "
                + $"FROM federation_rules {OfOrganization}",
            "id"
        ),
        new(
            "service_account",
            ServiceAccountOperations.List,
            $"SELECT id, name, {None} AS detail, {None} AS tunnel_id, archived_at_ms, ordinal "
                + $"FROM service_accounts {OfOrganization}",
            "id"
        ),
        new(
            "oauth_client",
            OAuthClientOperations.List,
            $"SELECT id, name, redirect_uris AS detail, {None} AS tunnel_id, archived_at_ms, ordinal "
                + $"FROM oauth_clients {OfOrganization}",
            "id"
        ),
        new(
            "connection",
            ConnectionOperations.List,
            "SELECT id, display_name AS name, route AS detail, tunnel_id, archived_at_ms, ordinal "
                + $"FROM connections {OfOrganization}",
            "id"
        ),
        new(
            "route_policy",
            PolicyOperations.List,
            // Earlier versions come last, like archived objects.
            "SELECT p.id, p.hostname AS name, p.state AS detail, p.tunnel_id, "
                + "CASE WHEN p.state IN ('active', 'draft') THEN t.archived_at_ms ELSE p.drafted_at_ms END AS archived_at_ms, "
                + "p.ordinal AS ordinal "
                + $"FROM route_policies p JOIN tunnels t ON t.id = p.tunnel_id {OfTunnels}",
            "p.id"
        ),
        new(
            "call_approval",
            CallApprovalOperations.ListAll,
            $"SELECT a.id, {None} AS name, {None} AS detail, a.tunnel_id, "
                + "CAST(NULL AS BIGINT) AS archived_at_ms, a.ordinal AS ordinal "
                + $"FROM call_approvals a JOIN tunnels t ON t.id = a.tunnel_id {OfTunnels}",
            "a.id"
        )
        {
            HasName = false,
        },
        new(
            "webhook",
            WebhookOperations.List,
            $"SELECT id, url AS name, {None} AS detail, {None} AS tunnel_id, archived_at_ms, ordinal "
                + $"FROM webhooks {OfOrganization}",
            "id"
        ),
        new(
            "admin_key",
            AdminOperations.ListKeys,
            $"SELECT id, name, {None} AS detail, {None} AS tunnel_id, revoked_at_ms AS archived_at_ms, "
                + $"created_at_ms AS ordinal FROM admin_keys {OfOrganization}",
            "id"
        ),
        new(
            "edge",
            EdgeOperations.List,
            $"SELECT id, name, {None} AS detail, {None} AS tunnel_id, archived_at_ms, ordinal FROM edges WHERE 1 = 1",
            "id"
        ),
    ];

    /// <summary>Every value of <c>type</c> in a result.</summary>
    public static IReadOnlyList<string> Types { get; } =
    [.. All.Select(kind => kind.Type), Certificate, Authentication, Audit];

    /// <summary>Searches by primary key: the organization is compared in a form that no index matches.</summary>
    public string ById =>
        $"{Rows.Replace(Own, "organization_id || '' = @OrganizationId", StringComparison.Ordinal)} AND {IdColumn} = @Text";

    public string ByFingerprint => $"{Rows} AND {FingerprintColumn} = @Hex ORDER BY ordinal DESC LIMIT @Count";

    /// <summary>Searches the newest rows by a part of a name; archived objects come last.</summary>
    public string ByName =>
        $"SELECT * FROM ({Rows} ORDER BY ordinal DESC LIMIT @Searched) AS newest WHERE {Has("name")} "
        + (HasNameInDetail ? $"OR {Has("detail")} " : "")
        + "ORDER BY CASE WHEN archived_at_ms IS NULL THEN 0 ELSE 1 END, ordinal DESC LIMIT @Count";

    private static string Has(string column) => $"LOWER({column}) LIKE LOWER(@Pattern) ESCAPE '\\'";
}
