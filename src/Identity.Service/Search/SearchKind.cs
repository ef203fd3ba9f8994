using Culvert.Identity.Service.Admin;
using Culvert.Identity.Service.Certificates.Registered;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Federation.ServiceAccounts;
using Culvert.Identity.Service.Http;
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
/// The rows of the caller's organization: <c>Id</c>, <c>Name</c>, <c>Detail</c>, <c>TunnelId</c>, <c>ArchivedAt</c> and
/// <c>Ordinal</c>, which grows with time.
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

    /// <summary>Whether <c>Detail</c> is a name too, such as a domain, and not a state.</summary>
    public bool HasNameInDetail { get; init; }

    /// <summary>The column with the SHA-256 of a certificate; null = none.</summary>
    public string? FingerprintColumn { get; init; }

    /// <summary>The kinds with rows of their own, in display order.</summary>
    public static IReadOnlyList<SearchKind> All { get; } =
    [
        new(
            "tunnel",
            TunnelOperations.List,
            "SELECT id AS Id, display_name AS Name, domain AS Detail, id AS TunnelId, archived_at_ms AS ArchivedAt, "
                + $"ordinal AS Ordinal FROM tunnels {OfWorkspace}",
            "id"
        )
        {
            HasNameInDetail = true,
        },
        new(
            "tunnel_hostname",
            HostnameOperations.List,
            "SELECT h.name AS Id, h.name AS Name, h.state AS Detail, h.tunnel_id AS TunnelId, "
                + "t.archived_at_ms AS ArchivedAt, h.created_at_ms AS Ordinal "
                + $"FROM hostnames h JOIN tunnels t ON t.id = h.tunnel_id {OfTunnels}",
            IdColumn: null
        ),
        new(
            "agent",
            AgentOperations.List,
            $"SELECT id AS Id, instance_id AS Name, {None} AS Detail, tunnel_id AS TunnelId, "
                + $"revoked_at_ms AS ArchivedAt, created_at_ms AS Ordinal FROM enrollments {OfWorkspace}",
            "id"
        )
        {
            // No index leads from an organization to its agents.
            HasName = false,
        },
        new(
            "certificate_authority",
            AuthorityOperations.List,
            "SELECT id AS Id, name AS Name, state AS Detail, tunnel_id AS TunnelId, archived_at_ms AS ArchivedAt, "
                + $"ordinal AS Ordinal FROM certificate_authorities {OfWorkspace}",
            "id"
        )
        {
            FingerprintColumn = "fingerprint",
        },
        new(
            "tunnel_certificate",
            RegisteredCertificateOperations.List,
            $"SELECT c.id AS Id, {None} AS Name, c.fingerprint AS Detail, c.tunnel_id AS TunnelId, "
                + "c.archived_at_ms AS ArchivedAt, c.ordinal AS Ordinal "
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
            $"SELECT id AS Id, name AS Name, issuer_url AS Detail, {None} AS TunnelId, archived_at_ms AS ArchivedAt, "
                + $"ordinal AS Ordinal FROM federation_issuers {OfOrganization}",
            "id"
        )
        {
            HasNameInDetail = true,
        },
        new(
            "federation_rule",
            RuleOperations.List,
            $"SELECT id AS Id, name AS Name, state AS Detail, {None} AS TunnelId, archived_at_ms AS ArchivedAt, "
                + $"ordinal AS Ordinal FROM federation_rules {OfOrganization}",
            "id"
        ),
        new(
            "service_account",
            ServiceAccountOperations.List,
            $"SELECT id AS Id, name AS Name, {None} AS Detail, {None} AS TunnelId, archived_at_ms AS ArchivedAt, "
                + $"ordinal AS Ordinal FROM service_accounts {OfOrganization}",
            "id"
        ),
        new(
            "route_policy",
            PolicyOperations.List,
            // Earlier versions come last, like archived objects.
            "SELECT p.id AS Id, p.hostname AS Name, p.state AS Detail, p.tunnel_id AS TunnelId, "
                + "CASE WHEN p.state IN ('active', 'draft') THEN t.archived_at_ms ELSE p.drafted_at_ms END AS ArchivedAt, "
                + "p.ordinal AS Ordinal "
                + $"FROM route_policies p JOIN tunnels t ON t.id = p.tunnel_id {OfTunnels}",
            "p.id"
        ),
        new(
            "call_approval",
            CallApprovalOperations.ListAll,
            $"SELECT a.id AS Id, {None} AS Name, {None} AS Detail, a.tunnel_id AS TunnelId, "
                + "CAST(NULL AS BIGINT) AS ArchivedAt, a.ordinal AS Ordinal "
                + $"FROM call_approvals a JOIN tunnels t ON t.id = a.tunnel_id {OfTunnels}",
            "a.id"
        )
        {
            HasName = false,
        },
        new(
            "webhook",
            WebhookOperations.List,
            $"SELECT id AS Id, url AS Name, {None} AS Detail, {None} AS TunnelId, archived_at_ms AS ArchivedAt, "
                + $"ordinal AS Ordinal FROM webhooks {OfOrganization}",
            "id"
        ),
        new(
            "admin_key",
            AdminOperations.ListKeys,
            $"SELECT id AS Id, name AS Name, {None} AS Detail, {None} AS TunnelId, revoked_at_ms AS ArchivedAt, "
                + $"created_at_ms AS Ordinal FROM admin_keys {OfOrganization}",
            "id"
        ),
        new(
            "edge",
            EdgeOperations.List,
            $"SELECT id AS Id, name AS Name, {None} AS Detail, {None} AS TunnelId, archived_at_ms AS ArchivedAt, "
                + "ordinal AS Ordinal FROM edges WHERE 1 = 1",
            "id"
        ),
    ];

    /// <summary>Every value of <c>type</c> in a result.</summary>
    public static IReadOnlyList<string> Types { get; } =
    [.. All.Select(kind => kind.Type), Certificate, Authentication, Audit];

    /// <summary>Searches by primary key: the organization is compared in a form that no index matches.</summary>
    public string ById =>
        $"{Rows.Replace(Own, "organization_id || '' = @OrganizationId", StringComparison.Ordinal)} AND {IdColumn} = @Text";

    public string ByFingerprint => $"{Rows} AND {FingerprintColumn} = @Hex ORDER BY Ordinal DESC LIMIT @Count";

    /// <summary>Searches the newest rows by a part of a name; archived objects come last.</summary>
    public string ByName =>
        $"SELECT * FROM ({Rows} ORDER BY Ordinal DESC LIMIT @Searched) AS newest WHERE {Has("Name")} "
        + (HasNameInDetail ? $"OR {Has("Detail")} " : "")
        + "ORDER BY CASE WHEN ArchivedAt IS NULL THEN 0 ELSE 1 END, Ordinal DESC LIMIT @Count";

    private static string Has(string column) => $"LOWER({column}) LIKE LOWER(@Pattern) ESCAPE '\\'";
}
