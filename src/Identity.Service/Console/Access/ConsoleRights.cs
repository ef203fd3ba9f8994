using System.Collections.Frozen;

namespace Culvert.Identity.Service.Console.Access;

/// <summary>
/// Which operations of the API the console calls, and for whom. Denied by default: what is in no list here is never
/// called, whatever a page requests. The API's own check of scopes comes on top.
/// </summary>
internal static class ConsoleRights
{
    private const string Tunnel = "/v1/tunnels/{tunnel_id}";
    private const string Authority = "/v1/certificate_authorities/{ca_id}";
    private const string Federation = "/v1/organizations";

    /// <summary>Visible to everyone who has a role.</summary>
    public static readonly FrozenSet<string> Reading = Set(
        "GET /v1/organizations/current",
        "GET /v1/organizations/workspaces",
        "GET /v1/tunnels",
        $"GET {Tunnel}",
        $"GET {Tunnel}/status",
        $"GET {Tunnel}/agents",
        $"GET {Tunnel}/inventory",
        "GET /v1/inventory",
        "GET /v1/inventory/routes",
        "GET /v1/inventory/callers",
        $"GET {Tunnel}/hostnames",
        $"GET {Tunnel}/certificates",
        $"GET {Tunnel}/relying_parties",
        "GET /v1/certificates",
        "GET /v1/certificates/forecast",
        "GET /v1/certificates/{certificate_id}",
        "GET /v1/certificate_authorities",
        $"GET {Authority}",
        $"GET {Authority}/csr",
        $"GET {Authority}/rotation",
        $"GET {Federation}/federation_issuers",
        $"GET {Federation}/federation_issuers/{{id}}",
        $"GET {Federation}/federation_rules",
        $"GET {Federation}/federation_rules/{{id}}",
        $"GET {Federation}/service_accounts",
        $"GET {Federation}/service_accounts/{{id}}",
        $"GET {Federation}/service_accounts/{{id}}/workspaces",
        "GET /v1/authentication_history",
        "GET /v1/authentication_history/{request_id}",
        "GET /v1/audit",
        "GET /v1/admin_keys"
    );

    /// <summary>Running tunnels.</summary>
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
        "POST /v1/certificates/revoke"
    );

    /// <summary>Agreeing, and looking closely before.</summary>
    public static readonly FrozenSet<string> Approving = Set(
        $"POST {Authority}/approve",
        $"POST {Authority}/override",
        $"POST {Tunnel}/relying_parties/{{relying_party_id}}/acknowledge",
        $"POST {Federation}/federation_rules/lint",
        $"POST {Federation}/federation_rules/simulate",
        $"POST {Federation}/federation_rules/{{id}}/replay"
    );

    /// <summary>
    /// Deciding calls. Not for viewers, not even to read: a request has values of arguments, which no other page and no
    /// entry of the audit has.
    /// </summary>
    public static readonly FrozenSet<string> DecidingCalls = Set(
        "GET /v1/approvals",
        $"POST {Tunnel}/approvals/{{approval_id}}/approve",
        $"POST {Tunnel}/approvals/{{approval_id}}/reject"
    );

    /// <summary>Changing who is trusted.</summary>
    public static readonly FrozenSet<string> Administering = Set(
        $"POST {Tunnel}/archive",
        "POST /v1/certificate_authorities",
        $"POST {Authority}/key",
        $"POST {Authority}/chain",
        $"POST {Authority}/activate",
        $"POST {Authority}/suspend",
        $"POST {Authority}/resume",
        $"POST {Authority}/retire",
        $"POST {Authority}/taint",
        $"POST {Authority}/rollback",
        $"POST {Authority}/withdraw",
        $"POST {Authority}/delete",
        $"POST {Authority}/restore",
        $"POST {Federation}/federation_issuers/{{id}}/verify",
        $"POST {Federation}/federation_issuers/{{id}}/kill",
        $"POST {Federation}/federation_issuers/{{id}}/unkill",
        $"POST {Federation}/federation_rules",
        $"POST {Federation}/federation_rules/{{id}}",
        $"POST {Federation}/federation_rules/{{id}}/archive",
        $"POST {Federation}/service_accounts",
        $"POST {Federation}/service_accounts/{{id}}",
        $"POST {Federation}/service_accounts/{{id}}/archive",
        "POST /v1/admin_keys/{admin_key_id}/revoke"
    );

    /// <summary>
    /// Of the whole installation: no role gives these. A session of an admin key calls them where the key has their scope.
    /// </summary>
    public static readonly FrozenSet<string> Installation = Set(
        "GET /v1/jobs",
        "POST /v1/jobs/{job}/run",
        "POST /v1/jobs/{job}/pause",
        "POST /v1/jobs/{job}/resume"
    );

    private static readonly FrozenDictionary<string, FrozenSet<string>> ByRole = new Dictionary<
        string,
        FrozenSet<string>
    >
    {
        [ConsoleRole.Viewer] = Reading,
        [ConsoleRole.Operator] = Set([.. Reading, .. Operating, .. DecidingCalls]),
        [ConsoleRole.Approver] = Set([.. Reading, .. Approving, .. DecidingCalls]),
        [ConsoleRole.SecurityAdmin] = Set([.. Reading, .. Operating, .. Approving, .. DecidingCalls, .. Administering]),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Whether the console calls this at all.</summary>
    public static bool IsCalled(string operation) =>
        ByRole[ConsoleRole.SecurityAdmin].Contains(operation) || Installation.Contains(operation);

    /// <summary>Whether one of these roles may; an unknown role may nothing.</summary>
    public static bool May(IReadOnlyList<string> roles, string operation) =>
        roles.Any(role => ByRole.TryGetValue(role, out var rights) && rights.Contains(operation));

    private static FrozenSet<string> Set(params string[] operations) => operations.ToFrozenSet(StringComparer.Ordinal);
}
