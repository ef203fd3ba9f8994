using System.Collections.Frozen;

namespace Culvert.Identity.Service.Http.Roles;

/// <summary>
/// The operations that roles may call, each in one list. Default deny: an operation in no list requires a credential with
/// its scope.
/// </summary>
internal static class RoleRights
{
    private const string Tunnel = "/v1/tunnels/{tunnel_id}";
    private const string Authority = "/v1/certificate_authorities/{ca_id}";
    private const string Federation = "/v1/organizations";
    private const string Issuer = $"{Federation}/federation_issuers/{{id}}";
    private const string Rule = $"{Federation}/federation_rules/{{id}}";
    private const string Account = $"{Federation}/service_accounts/{{id}}";
    private const string Workspace = $"{Federation}/workspaces/{{workspace}}";

    /// <summary>For every role.</summary>
    public static readonly FrozenSet<string> Viewing = Set(
        "GET /v1/status",
        "GET /v1/search",
        "GET /v1/organizations",
        "GET /v1/organizations/current",
        "GET /v1/organizations/workspaces",
        $"GET {Workspace}",
        $"GET {Workspace}/service_accounts",
        $"GET {Workspace}/service_accounts/{{id}}",
        "GET /v1/client_range_sets",
        "GET /v1/client_range_sets/{name}",
        "GET /v1/tunnels",
        $"GET {Tunnel}",
        $"GET {Tunnel}/status",
        "GET /v1/agents",
        $"GET {Tunnel}/agents",
        $"GET {Tunnel}/inventory",
        $"GET {Tunnel}/traffic",
        $"GET {Tunnel}/hostnames",
        $"GET {Tunnel}/hostnames/{{name}}",
        $"GET {Tunnel}/certificates",
        $"GET {Tunnel}/certificates/{{certificate_id}}",
        $"GET {Tunnel}/certificates/{{certificate_id}}/revocation_list",
        $"GET {Tunnel}/client_certificate_authorities",
        $"GET {Tunnel}/client_certificate_authorities/{{authority_id}}",
        $"GET {Tunnel}/relying_parties",
        $"GET {Tunnel}/relying_parties/{{relying_party_id}}",
        $"GET {Tunnel}/trust_bundle",
        "GET /v1/inventory",
        "GET /v1/inventory/routes",
        "GET /v1/inventory/callers",
        "GET /v1/inventory/days",
        "GET /v1/certificates",
        "GET /v1/certificates/forecast",
        "GET /v1/certificates/{certificate_id}",
        "GET /v1/certificate_authorities",
        $"GET {Authority}",
        $"GET {Authority}/csr",
        $"GET {Authority}/rotation",
        $"GET {Federation}/federation_presets",
        $"GET {Federation}/federation_presets/{{name}}",
        $"GET {Federation}/federation_issuers",
        $"GET {Issuer}",
        $"GET {Federation}/federation_rules",
        $"GET {Rule}",
        $"GET {Rule}/versions",
        $"GET {Rule}/versions/{{version}}",
        $"GET {Rule}/workspaces",
        $"GET {Federation}/service_accounts",
        $"GET {Account}",
        $"GET {Account}/workspaces",
        "GET /v1/authentication_history",
        "GET /v1/authentication_history/{request_id}",
        "GET /v1/audit",
        "GET /v1/admin_keys",
        "GET /v1/admin_keys/{admin_key_id}"
    );

    /// <summary>
    /// Call approvals and policy versions. Not for viewers: a request contains argument values, and a policy shows what is
    /// not refused; no other page or audit entry contains either.
    /// </summary>
    public static readonly FrozenSet<string> Reviewing = Set(
        "GET /v1/approvals",
        $"GET {Tunnel}/approvals",
        $"GET {Tunnel}/approvals/{{approval_id}}",
        $"GET {Tunnel}/policies",
        $"GET {Tunnel}/policies/{{policy_id}}"
    );

    /// <summary>All evidence, for export and verification elsewhere. Lint evaluates rules and changes nothing.</summary>
    public static readonly FrozenSet<string> Auditing = Set(
        "GET /v1/audit/export",
        "GET /v1/audit/checkpoint",
        "GET /v1/certificates/export",
        "GET /v1/inventory/routes/export",
        "GET /v1/oauth/revocations",
        "GET /v1/oauth/revocations/{id}",
        "GET /v1/tokens",
        "GET /v1/transparency",
        "GET /v1/transparency/agent_checkpoints",
        "GET /v1/transparency/checkpoint",
        "GET /v1/transparency/proof/consistency",
        "GET /v1/transparency/proof/inclusion",
        "GET /v1/transparency/tile/entries/{number}",
        "GET /v1/transparency/tile/{level}/{number}",
        "GET /v1/webhooks",
        "GET /v1/webhooks/{webhook_id}",
        "GET /v1/webhooks/{webhook_id}/deliveries",
        $"POST {Federation}/federation_rules/lint"
    );

    public static readonly FrozenSet<string> Operating = Set(
        "POST /v1/tunnels",
        $"POST {Tunnel}",
        $"POST {Tunnel}/pause",
        $"POST {Tunnel}/resume",
        $"POST {Tunnel}/agents/{{agent_id}}/disconnect",
        $"POST {Tunnel}/agents/{{agent_id}}/revoke",
        $"POST {Tunnel}/hostnames",
        $"POST {Tunnel}/hostnames/{{name}}/check",
        $"DELETE {Tunnel}/hostnames/{{name}}",
        $"POST {Tunnel}/routes/{{route}}",
        $"POST {Tunnel}/routes/{{route}}/attest",
        $"POST {Tunnel}/policies",
        $"POST {Tunnel}/policies/{{policy_id}}/withdraw",
        "POST /v1/certificates/revoke"
    );

    /// <summary>Approving, and the checks before it.</summary>
    public static readonly FrozenSet<string> Approving = Set(
        $"POST {Authority}/approve",
        $"POST {Authority}/override",
        $"POST {Tunnel}/certificates/{{certificate_id}}/confirm",
        $"POST {Tunnel}/relying_parties/{{relying_party_id}}/acknowledge",
        $"POST {Tunnel}/policies/{{policy_id}}/approve",
        $"POST {Tunnel}/policies/{{policy_id}}/reject",
        $"POST {Tunnel}/policies/rollback",
        $"POST {Federation}/federation_rules/lint",
        $"POST {Federation}/federation_rules/simulate",
        $"POST {Rule}/replay"
    );

    public static readonly FrozenSet<string> DecidingCalls = Set(
        $"POST {Tunnel}/approvals/{{approval_id}}/approve",
        $"POST {Tunnel}/approvals/{{approval_id}}/reject"
    );

    public static readonly FrozenSet<string> Administering = Set(
        $"POST {Tunnel}/archive",
        $"POST {Tunnel}/certificates",
        $"POST {Tunnel}/certificates/{{certificate_id}}/archive",
        $"POST {Tunnel}/certificates/{{certificate_id}}/revocation_list",
        $"POST {Tunnel}/client_certificate_authorities",
        $"POST {Tunnel}/client_certificate_authorities/{{authority_id}}/archive",
        $"POST {Tunnel}/relying_parties/{{relying_party_id}}/archive",
        "POST /v1/client_range_sets/{name}",
        "DELETE /v1/client_range_sets/{name}",
        "POST /v1/certificate_authorities",
        $"POST {Authority}/key",
        $"POST {Authority}/chain",
        $"POST {Authority}/pkcs12",
        $"POST {Authority}/activate",
        $"POST {Authority}/suspend",
        $"POST {Authority}/resume",
        $"POST {Authority}/retire",
        $"POST {Authority}/taint",
        $"POST {Authority}/rollback",
        $"POST {Authority}/withdraw",
        $"POST {Authority}/delete",
        $"POST {Authority}/restore",
        $"POST {Federation}/federation_issuers",
        $"POST {Federation}/federation_issuers/verify",
        $"POST {Issuer}",
        $"POST {Issuer}/archive",
        $"POST {Issuer}/verify",
        $"POST {Issuer}/kill",
        $"POST {Issuer}/unkill",
        $"POST {Federation}/federation_rules",
        $"POST {Rule}",
        $"POST {Rule}/archive",
        $"POST {Rule}/workspaces",
        $"DELETE {Rule}/workspaces/{{workspace}}",
        $"POST {Federation}/service_accounts",
        $"POST {Account}",
        $"POST {Account}/archive",
        $"POST {Account}/workspaces",
        $"DELETE {Account}/workspaces/{{workspace}}",
        $"POST {Federation}/workspaces",
        $"POST {Workspace}/service_accounts",
        $"POST {Workspace}/service_accounts/{{id}}",
        $"DELETE {Workspace}/service_accounts/{{id}}",
        "POST /v1/oauth/revocations",
        "POST /v1/webhooks/{webhook_id}/archive",
        "POST /v1/webhooks/{webhook_id}/test",
        "POST /v1/admin_keys/{admin_key_id}/revoke"
    );

    /// <summary>
    /// For the whole installation: no role grants these. A console session of an admin key may call them if the key has
    /// their scope.
    /// </summary>
    public static readonly FrozenSet<string> Installation = Set(
        "GET /v1/jobs",
        "POST /v1/jobs/{job}/run",
        "POST /v1/jobs/{job}/pause",
        "POST /v1/jobs/{job}/resume",
        "GET /v1/versions",
        "POST /v1/organizations",
        "POST /v1/organizations/{organization}/archive",
        "POST /v1/edges",
        "GET /v1/edges",
        "GET /v1/edges/{edge_id}",
        "POST /v1/edges/{edge_id}/drain",
        "POST /v1/edges/{edge_id}/resume",
        "POST /v1/edges/{edge_id}/archive"
    );

    /// <summary>
    /// Not granted by any role, because the answer contains a secret: the console shows a webhook's once. A console session
    /// of an admin key may call it if the key has its scope.
    /// </summary>
    public static readonly FrozenSet<string> ShownOnce = Set("POST /v1/webhooks");

    /// <summary>All operations except the installation's.</summary>
    public static readonly FrozenSet<string> InOrganization = Set([
        .. Viewing,
        .. Reviewing,
        .. Auditing,
        .. Operating,
        .. Approving,
        .. DecidingCalls,
        .. Administering,
    ]);

    /// <summary>
    /// Whether the console may call this operation: none that answers with a credential, except <see cref="ShownOnce"/>.
    /// </summary>
    public static bool IsOfConsole(string operation) =>
        InOrganization.Contains(operation) || Installation.Contains(operation) || ShownOnce.Contains(operation);

    private static FrozenSet<string> Set(params string[] operations) => operations.ToFrozenSet(StringComparer.Ordinal);
}
