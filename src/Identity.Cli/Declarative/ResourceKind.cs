using Culvert.Identity.Cli.Api;

namespace Culvert.Identity.Cli.Declarative;

/// <summary>A kind of object that can be declared.</summary>
/// <param name="Word">In files, such as <c>tunnel</c>.</param>
/// <param name="Noun">Where the API has it.</param>
/// <param name="Fields">What can be said of it.</param>
internal sealed record ResourceKind(string Word, Noun Noun, IReadOnlyList<ResourceField> Fields)
{
    /// <summary>Settings that creation does not take are set right after it.</summary>
    public bool IsCreatedBare { get; init; }

    /// <summary>Whether <c>--prune</c> archives what no file declares.</summary>
    public bool IsPruned { get; init; } = true;

    public ResourceField? Find(string name) => Fields.FirstOrDefault(field => field.Name == name);

    /// <summary>In an order in which each refers to earlier ones alone.</summary>
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
                new("description", FieldType.Text, "For people."),
                new("organization_role", FieldType.Text, "Its role in the organization.")
                {
                    Words = ["developer", "admin"],
                },
                new("workspaces", FieldType.Object, "Its role in each workspace, by the workspace's name.")
                {
                    IsApart = true,
                },
            ]
        ),
        new(
            "issuer",
            Noun.Issuer,
            [
                new("issuer_url", FieldType.Text, "The iss of its tokens, byte for byte.") { IsRequired = true },
                new("jwks", FieldType.Object, "The source of its keys (docs/issuers.md)."),
                new("preset", FieldType.Text, "The platform that it is of."),
                new("tenancy", FieldType.Text, "Whether other parties can get tokens of this issuer too.")
                {
                    Words = ["dedicated", "shared"],
                },
                new("max_jwt_lifetime_seconds", FieldType.Number, "The maximum lifetime of an accepted token."),
                new("replay_mode", FieldType.Text, "How many times a token may be exchanged.")
                {
                    Words = ["single_use", "window", "bound_reuse", "off"],
                },
                new("replay_window_seconds", FieldType.Number, "For replay_mode window."),
                new("allowed_targets", FieldType.ObjectList, "Private addresses that its keys may be fetched from."),
                new("algorithms", FieldType.TextSet, "Signature algorithms that are accepted."),
                new("types", FieldType.TextSet, "Values of typ that are accepted."),
                new("single_audience", FieldType.Boolean, "Refuse tokens for several audiences."),
                new("allow_missing_kid", FieldType.Boolean, "Accept tokens without kid while it has one key."),
                new("allow_non_ascii", FieldType.Boolean, "Accept non-ASCII text in claims that rules compare."),
                new("caller_detail", FieldType.Text, "The message that a refused caller gets.")
                {
                    Words = ["none", "claim"],
                },
                new("stale_ok_seconds", FieldType.Number, "How long known keys serve when it cannot be reached."),
                new("hard_expiry_seconds", FieldType.Number, "After that they do not."),
            ]
        ),
        new(
            "tunnel",
            Noun.Tunnel,
            [
                new("client_source_ranges", FieldType.TextSet, "Addresses that may call by SNI, CIDR; empty: none."),
                new("agent_source_ranges", FieldType.TextSet, "Where its agents may be, CIDR; empty: anywhere."),
                new("client_range_sets", FieldType.TextSet, "Range sets whose addresses may also call."),
                new("limits", FieldType.Object, "max_connections, new_connections, bytes_per_second, open_streams."),
                new("affinity", FieldType.Text, "What is bound to one agent.") { Words = ["hostname", "client"] },
                new("offline_grace_seconds", FieldType.Number, "How long edges accept its agents without the service."),
                new(
                    "public_port",
                    FieldType.Number,
                    "Port in the URLs of its routes; if absent, the port that an edge announced first."
                ),
                new("edges", FieldType.TextSet, "Edges that it is pinned to; empty: hashing chooses.")
                {
                    Wire = "edge_ids",
                    RefersTo = Noun.Edge,
                },
                new(
                    "allow_tunnel_token",
                    FieldType.Boolean,
                    "Enrolment by tunnel token in addition to a service-held CA."
                ),
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
            // An authority is retired by people, step by step (docs/rotation.md).
            IsPruned = false,
        },
        new(
            "rule",
            Noun.Rule,
            [
                new("issuer", FieldType.Text, "Whose tokens.")
                {
                    Wire = "issuer_id",
                    RefersTo = Noun.Issuer,
                    IsRequired = true,
                    IsFixed = true,
                },
                new("service_account", FieldType.Text, "Whom they become.")
                {
                    Wire = "target.service_account_id",
                    RefersTo = Noun.ServiceAccount,
                    IsRequired = true,
                },
                new("match", FieldType.Object, "Which tokens (docs/rules.md); replaced whole.") { IsRequired = true },
                new("oauth_scope", FieldType.Text, "Scopes, separated by spaces.") { IsRequired = true },
                new("description", FieldType.Text, "For people."),
                new("token_lifetime_seconds", FieldType.Number, "Maximum lifetime of the access token."),
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
                new("tunnels", FieldType.TextSet, "For scope tunnel:agent and certificate:issue: which tunnels.")
                {
                    Wire = "tunnel_ids",
                    RefersTo = Noun.Tunnel,
                },
                new("edges", FieldType.TextSet, "For scope edge:serve: which edges.")
                {
                    Wire = "edge_ids",
                    RefersTo = Noun.Edge,
                },
                new(
                    "actor_ids",
                    FieldType.TextSet,
                    "Service accounts that may act for its subjects (docs/token-exchange.md)."
                ),
                new("state", FieldType.Text, "How far it is in force.")
                {
                    Words = ["draft", "audit", "enforce", "disabled"],
                },
                new("bind", FieldType.Text, "Which binding the access token needs.")
                {
                    Words = ["any", "dpop", "mtls", "none"],
                },
                new("expires_at", FieldType.Text, "Expiry, RFC 3339."),
                new("tests", FieldType.ObjectList, "Claim sets, and the expected result for each."),
            ]
        ),
    ];

    public static ResourceKind? Of(string word) => All.FirstOrDefault(kind => kind.Word == word);
}
