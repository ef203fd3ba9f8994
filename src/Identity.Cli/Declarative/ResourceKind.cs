using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;

namespace Culvert.Identity.Cli.Declarative;

/// <summary>A kind of object that can be declared.</summary>
/// <param name="Word">The kind in files, for example <c>tunnel</c>.</param>
internal sealed record ResourceKind(string Word, Noun Noun, IReadOnlyList<ResourceField> Fields)
{
    /// <summary>Settings that creation does not accept are set right after it.</summary>
    public bool IsCreatedBare { get; init; }

    /// <summary>Whether <c>--prune</c> archives undeclared objects.</summary>
    public bool IsPruned { get; init; } = true;

    /// <summary>What the operator does if the file has another value for a field that is fixed at creation.</summary>
    public string FixedAdvice { get; init; } = "declare it under another name, and archive this one";

    /// <summary>Why a file cannot create the object; null: it can.</summary>
    public Func<JsonObject, string?>? FindCreationProblem { get; init; }

    public ResourceField? Find(string name) => Fields.FirstOrDefault(field => field.Name == name);

    /// <summary>Ordered so that each kind refers only to earlier ones.</summary>
    public static IReadOnlyList<ResourceKind> All { get; } =
    [
        new(
            "range_set",
            new Noun("range-set", "\0", "v1/client_range_sets", "name"),
            [new("ranges", FieldType.TextSet, "Addresses that clients may connect from, CIDR.") { IsRequired = true }]
        ),
        new(
            "service_account",
            Noun.ServiceAccount,
            [
                new("description", FieldType.Text, "Its purpose.") { Flag = new("--description", "TEXT") },
                new("organization_role", FieldType.Text, "Its role in the organization (default: developer).")
                {
                    Words = ["developer", "admin"],
                    Flag = new("--role"),
                },
                new("workspaces", FieldType.Object, "Its role in each workspace, by the workspace's name.")
                {
                    IsApart = true,
                },
            ]
        ),
        new(
            "oauth_client",
            Noun.OAuthClient,
            [
                new("redirect_uris", FieldType.TextSet, "Where answers go, exactly; only a loopback port may differ.")
                {
                    IsRequired = true,
                    Flag = new("--redirect-uri", "URI"),
                },
                new("require_dpop", FieldType.Boolean, "Whether its tokens must be bound to a key (RFC 9449).")
                {
                    Flag = new("--require-dpop"),
                },
            ]
        ),
        new(
            "issuer",
            Noun.Issuer,
            [
                new("issuer_url", FieldType.Text, "The issuer's iss, byte for byte.")
                {
                    IsRequired = true,
                    Flag = new("--url", "ISSUER"),
                },
                new("jwks", FieldType.Object, "The source of its keys (docs/issuers.md)."),
                new("preset", FieldType.Text, "The platform that it is of.") { Flag = new("--preset", "NAME", "none") },
                new("tenancy", FieldType.Text, "Whether other parties can get tokens of this issuer too.")
                {
                    Words = ["dedicated", "shared"],
                    Flag = new("--tenancy"),
                },
                new(
                    "max_jwt_lifetime_seconds",
                    FieldType.Number,
                    "The maximum lifetime (exp - iat) of an accepted token."
                )
                {
                    Flag = new("--max-token-life", "DURATION") { MaxDuration = TimeSpan.FromHours(49) },
                },
                new("replay_mode", FieldType.Text, "How many times one token may be exchanged.")
                {
                    Words = ["single_use", "window", "bound_reuse", "off"],
                    Flag = new("--replay-mode"),
                },
                new("replay_window_seconds", FieldType.Number, "For replay mode window: how long from its first use.")
                {
                    Flag = new("--replay-window", "DURATION") { MaxDuration = TimeSpan.FromDays(1) },
                },
                new("allowed_targets", FieldType.ObjectList, "Private addresses that its keys may be fetched from."),
                new("algorithms", FieldType.TextSet, "Signature algorithms that are accepted.")
                {
                    Flag = new("--algorithm", "ALG"),
                },
                new("types", FieldType.TextSet, "Values of typ that are accepted.")
                {
                    Flag = new("--token-type", "TYP"),
                },
                new("single_audience", FieldType.Boolean, "Refuse tokens for several audiences.")
                {
                    Flag = new("--single-audience"),
                },
                new("allow_missing_kid", FieldType.Boolean, "Accept tokens without kid while the issuer has one key.")
                {
                    Flag = new("--allow-missing-kid"),
                },
                new("allow_non_ascii", FieldType.Boolean, "Accept non-ASCII text in claims that rules compare.")
                {
                    Flag = new("--allow-non-ascii"),
                },
                new("caller_detail", FieldType.Text, "What the response to a refused caller contains.")
                {
                    Words = ["none", "claim"],
                    Flag = new("--caller-detail"),
                },
                new("stale_ok_seconds", FieldType.Number, "How long all unconfirmed keys are accepted.")
                {
                    Flag = new("--stale-ok", "DURATION") { MaxDuration = TimeSpan.FromDays(30) },
                },
                new("hard_expiry_seconds", FieldType.Number, "How long any unconfirmed key is accepted.")
                {
                    Flag = new("--hard-expiry", "DURATION") { MaxDuration = TimeSpan.FromDays(30) },
                },
            ]
        ),
        new(
            "tunnel",
            Noun.Tunnel,
            [
                new("client_source_ranges", FieldType.TextSet, "Addresses that may call by SNI, CIDR; empty: none.")
                {
                    Flag = new("--client-range", "CIDR", "none"),
                },
                new("agent_source_ranges", FieldType.TextSet, "Addresses that its agents may use, CIDR; empty: any.")
                {
                    Flag = new("--agent-range", "CIDR", "none"),
                },
                new("client_range_sets", FieldType.TextSet, "Range sets whose addresses may also call.")
                {
                    Flag = new("--range-set", "NAME", "none"),
                },
                new("limits", FieldType.Object, "max_connections, new_connections, bytes_per_second, open_streams."),
                new(
                    "affinity",
                    FieldType.Text,
                    "What is bound to one agent: a hostname (default), or a client if the servers keep no sessions."
                )
                {
                    Words = ["hostname", "client"],
                    Flag = new("--affinity"),
                },
                new(
                    "offline_grace_seconds",
                    FieldType.Number,
                    "How long edges accept its agents without contact to the service, at most 7 days."
                )
                {
                    Flag = new("--offline-grace", "DURATION", "default")
                    {
                        MinDuration = TimeSpan.Zero,
                        MaxDuration = TimeSpan.FromDays(7),
                    },
                },
                new(
                    "public_port",
                    FieldType.Number,
                    "Port in the URLs of its routes, for which clients need tokens; if absent, the port that an edge announced first."
                )
                {
                    Flag = new("--public-port", "N"),
                },
                new("edges", FieldType.TextSet, "Edges that it is pinned to; empty: hashing selects them.")
                {
                    Wire = "edge_ids",
                    RefersTo = Noun.Edge,
                    Flag = new("--edge", "EDGE", "none"),
                },
                new(
                    "assertion_audiences",
                    FieldType.TextSet,
                    "Audiences for which its agents may request assertions, to prove routes to upstreams; empty: none."
                )
                {
                    Flag = new("--assertion-audience", "AUDIENCE", "none"),
                },
                new(
                    "allow_tunnel_token",
                    FieldType.Boolean,
                    "Let agents enrol by tunnel token although the service holds a CA of the tunnel (audited)."
                )
                {
                    Flag = new("--allow-tunnel-token"),
                },
                new(
                    TunnelPolicies.Field,
                    FieldType.TextMap,
                    "Policies of its routes, YAML texts by label of the hostname (@: the domain itself); a changed text becomes a draft, "
                        + "which a second person approves (docs/policy.md)."
                )
                {
                    IsApart = true,
                    FindErrors = TunnelPolicies.FindErrors,
                },
            ]
        )
        {
            IsCreatedBare = true,
        },
        new(
            "certificate_authority",
            Noun.Ca,
            [
                new("tunnel", FieldType.Text, "The tunnel that it serves.")
                {
                    Wire = "tunnel_id",
                    RefersTo = Noun.Tunnel,
                    IsRequired = true,
                    IsFixed = true,
                },
                new("custody", FieldType.Text, "Custody of its key.")
                {
                    IsRequired = true,
                    IsFixed = true,
                    Words = ["sealed", "pkcs11", "trust_only", "imported"],
                },
                new("key_label", FieldType.Text, "pkcs11: the key's label in the token.") { IsFixed = true },
            ]
        )
        {
            // People retire an authority step by step (docs/rotation.md).
            IsPruned = false,
        },
        new(
            "rule",
            Noun.Rule,
            [
                new("issuer", FieldType.Text, "The issuer of the tokens.")
                {
                    Wire = "issuer_id",
                    RefersTo = Noun.Issuer,
                    IsRequired = true,
                    IsFixed = true,
                    Flag = new("--issuer", "ISSUER"),
                },
                new("service_account", FieldType.Text, "The account that the token acts as.")
                {
                    Wire = "target.service_account_id",
                    WireType = "service_account",
                    RefersTo = Noun.ServiceAccount,
                    IsRequired = true,
                    Flag = new("--service-account", "ACCOUNT"),
                },
                new("match", FieldType.Object, "Which tokens (docs/rules.md); replaced whole.") { IsRequired = true },
                new("subject_type", FieldType.Text, "Whose tokens it matches (default: workload).")
                {
                    Words = ["workload", "person"],
                    IsFixed = true,
                    Flag = new("--subject-type"),
                },
                new("oauth_scope", FieldType.Text, "The scopes of the service that it grants, separated by spaces.")
                {
                    Flag = new("--scope", "\"SCOPE …\""),
                },
                new("route_scopes", FieldType.TextSet, "Instead of oauth_scope: the scopes that it grants for routes.")
                {
                    Flag = new("--route-scope", "SCOPE", "none"),
                },
                new("description", FieldType.Text, "Its purpose.") { Flag = new("--description", "TEXT") },
                new("token_lifetime_seconds", FieldType.Number, "Maximum lifetime of the access token.")
                {
                    Flag = new("--life", "DURATION")
                    {
                        MinDuration = TimeSpan.FromMinutes(1),
                        MaxDuration = TimeSpan.FromDays(1),
                    },
                },
                new(
                    "workspace",
                    FieldType.Text,
                    "Where it is valid; without it and applies_to_all_workspaces: the default one."
                )
                {
                    Wire = "workspace_id",
                    RefersTo = Noun.Workspace,
                    IsFixed = true,
                },
                new("applies_to_all_workspaces", FieldType.Boolean, "Valid in every workspace."),
                new(
                    "tunnels",
                    FieldType.TextSet,
                    "For route_scopes, tunnel:agent and certificate:issue: which tunnels."
                )
                {
                    Wire = "tunnel_ids",
                    RefersTo = Noun.Tunnel,
                    Flag = new("--tunnel", "TUNNEL", "none"),
                },
                new("edges", FieldType.TextSet, "For scope edge:serve: which edges.")
                {
                    Wire = "edge_ids",
                    RefersTo = Noun.Edge,
                    Flag = new("--edge", "EDGE", "none"),
                },
                new(
                    "actor_ids",
                    FieldType.TextSet,
                    "Service accounts that may act for its subjects (docs/token-exchange.md)."
                )
                {
                    Flag = new("--actor", "ACCOUNT", "none") { RefersTo = Noun.ServiceAccount },
                },
                new(
                    "client_ids",
                    FieldType.TextSet,
                    "For subject_type person: the OAuth clients (ids or URLs of metadata documents); without it, every client."
                )
                {
                    Flag = new("--client", "CLIENT", "none"),
                },
                new(
                    "state",
                    FieldType.Text,
                    "How far it is in force: audit evaluates the rule while its previous version still decides; draft and "
                        + "disabled rules grant no tokens."
                )
                {
                    Words = ["draft", "audit", "enforce", "disabled"],
                    Flag = new("--state"),
                },
                new("bind", FieldType.Text, "Required binding of its access tokens (default: any).")
                {
                    Words = ["any", "dpop", "mtls", "none"],
                    Flag = new("--bind"),
                },
                new(
                    "expires_at",
                    FieldType.Text,
                    "Expiry, after which it grants no tokens, RFC 3339 (2027-01-01T00:00:00Z)."
                )
                {
                    Flag = new("--expires", "TIME", "none"),
                },
                new("tests", FieldType.ObjectList, "Claim sets, and the expected result for each."),
            ]
        ),
        new(
            "connection",
            Noun.Connection,
            [
                new("tunnel", FieldType.Text, "The tunnel of the route.")
                {
                    Wire = "tunnel_id",
                    RefersTo = Noun.Tunnel,
                    IsRequired = true,
                    IsFixed = true,
                },
                new("route", FieldType.Text, "The name of the route in the agents' configuration.")
                {
                    IsRequired = true,
                    IsFixed = true,
                },
                new("client_id", FieldType.Text, "The service's client_id at the upstream.")
                {
                    IsRequired = true,
                    IsFixed = true,
                },
                new("client_auth", FieldType.Text, "How the service authenticates there (default: none).")
                {
                    Words = ["none", ClientSecretBasic, ClientSecretPost, "private_key_jwt"],
                    IsFixed = true,
                },
                new("scopes", FieldType.TextSet, "The scopes that people allow there."),
                new(
                    "issuer",
                    FieldType.Text,
                    "The upstream's iss; without endpoints its metadata names them at creation (docs/connections.md)."
                )
                {
                    IsFixed = true,
                },
                new("authorization_endpoint", FieldType.Text, "Where people allow the access.") { IsFixed = true },
                new("token_endpoint", FieldType.Text, "Where the service gets the tokens.") { IsFixed = true },
                new("revocation_endpoint", FieldType.Text, "Where ended grants are revoked.") { IsFixed = true },
                new(
                    "resource",
                    FieldType.Text,
                    "The resource to request tokens for; without issuer and endpoints its metadata names the issuer at creation."
                )
                {
                    IsFixed = true,
                },
                new("ca_cert_pem", FieldType.Text, "The only CA certificates that authenticate the upstream, PEM.")
                {
                    IsFixed = true,
                },
                new("allowed_targets", FieldType.ObjectList, "Private addresses that its endpoints may resolve to.")
                {
                    IsFixed = true,
                },
            ]
        )
        {
            FixedAdvice = "people allowed the present one: archive it, which ends their grants, and apply again",
            FindCreationProblem = spec =>
                (string?)spec["client_auth"] is ClientSecretBasic or ClientSecretPost
                    ? "no file has the secret of its client: create it with culvert connection create --client-secret-file, or use "
                        + "private_key_jwt"
                    : null,
        },
    ];

    private const string ClientSecretBasic = "client_secret_basic";
    private const string ClientSecretPost = "client_secret_post";

    public static ResourceKind? FindByWord(string word) => All.FirstOrDefault(kind => kind.Word == word);
}
