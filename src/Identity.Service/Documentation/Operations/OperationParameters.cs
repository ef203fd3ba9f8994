using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Culvert.Identity.Service.Documentation.Operations;

/// <summary>Path and query parameters. A name has the same meaning in every operation.</summary>
internal static class OperationParameters
{
    private static readonly Dictionary<string, (string Description, JsonSchemaType Type, string Example)> Known = new(
        StringComparer.Ordinal
    )
    {
        ["actor"] = Text("Only entries of the actor with this id.", "\"key_017Gx2kQ9mVbT4nRw8YcLs3D\""),
        ["actor_type"] = Text("Only entries of this kind of actor, as in `host` or `person`.", "\"person\""),
        ["admin_key_id"] = Text("The id of the admin key.", "\"key_017Gx2kQ9mVbT4nRw8YcLs3D\""),
        ["agent_id"] = Text("The id of the enrolment.", "\"agt_017Gx2kQ9mVbT4nRw8YcLs3D\""),
        ["approval_id"] = Text("The id of the request for approval.", "\"appr_017Gx2kQ9mVbT4nRw8YcLs3D\""),
        ["authority_id"] = Text("The id of the client CA.", "\"clca_017Gx2kQ9mVbT4nRw8YcLs3D\""),
        ["ca_id"] = Text("The id of the certificate authority.", "\"ca_017Gx2kQ9mVbT4nRw8YcLs3D\""),
        ["caller"] = Text("Only entries of the caller with this subject or client id.", "\"alice@example.com\""),
        ["certificate_id"] = Text("The id of the certificate.", "\"cert_017Gx2kQ9mVbT4nRw8YcLs3D\""),
        ["challenge_id"] = Text("The id of the challenge.", "\"acmc_017Gx2kQ9mVbT4nRw8YcLs3D\""),
        ["days"] = Number("How many days: ahead in a forecast, else back, today included.", "30"),
        ["minutes"] = Number("How many minutes back, the current one included: 1 to 180.", "60"),
        ["decision"] = Text("Only exchanges with this decision: `granted` or `denied`.", "\"denied\""),
        ["dry_run"] = Flag("Whether to return the effect of the change without making it.", "true"),
        ["edge_id"] = Text("The id of the edge.", "\"edge_017Gx2kQ9mVbT4nRw8YcLs3D\""),
        ["entry"] = Text(
            "The digest of the entry: SHA-256 in hexadecimal.",
            "\"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\""
        ),
        ["error"] = Text("The name of the error in OAuth's registry.", "\"invalid_grant\""),
        ["event"] = Text(
            "Only entries of this event, or of all that begin so if it ends in `*`.",
            "\"certificate_authority_approved\""
        ),
        ["federation_rule_id"] = Text("Only exchanges of this rule.", "\"fdrl_017Gx2kQ9mVbT4nRw8YcLs3D\""),
        ["organization_id"] = Text("The id of the organization.", "\"org_017Gx2kQ9mVbT4nRw8YcLs3D\""),
        ["file"] = Text("The file name that the certificate names.", "\"0.crl\""),
        ["format"] = Text("`json` (the default) or `csv`.", "\"csv\""),
        ["from"] = Number("The size of the smaller tree.", "256"),
        ["held"] = Text(
            "The digest of the feed that the caller holds: the request waits for a change of its content.",
            "\"3q2-7wAAAAA\""
        ),
        ["hostname"] = Text("Only versions of this hostname's policy.", "\"docs.k7m2p9.tunnels.example.com\""),
        ["id"] = Text("The id of the resource.", "\"fdrl_017Gx2kQ9mVbT4nRw8YcLs3D\""),
        ["identity"] = Text("Only certificates with this DNS name or URI.", "\"docs.k7m2p9.tunnels.example.com\""),
        ["include_archived"] = Flag("Whether the list has archived entries too.", "false"),
        ["index"] = Number("The place of the entry in the log, from 0.", "1042"),
        ["instance_id"] = Text("Only checkpoints of this agent.", "\"agent-1\""),
        ["issuer_id"] = Text("Only entries of this issuer.", "\"fdis_017Gx2kQ9mVbT4nRw8YcLs3D\""),
        ["job"] = Text("The name of the job.", "\"expiry_notices\""),
        ["key_sha256"] = Text(
            "Only certificates of the key with this SHA-256 of its SubjectPublicKeyInfo.",
            "\"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\""
        ),
        ["kind"] = Text("Only names of this kind: `tool`, `prompt`, `resource` or `method`.", "\"tool\""),
        ["level"] = Number("The level of the tile.", "0"),
        ["limit"] = Number("The maximum number of entries in one response.", "20"),
        ["name"] = Text("The name of the resource.", "\"offices\""),
        ["number"] = Text(
            "The number of the tile in groups of three digits, and `.p/` with a width for a part of it.",
            "\"x001/234.p/8\""
        ),
        ["open"] = Flag("Whether the list has only routes whose attestation is open.", "true"),
        ["organization"] = Text("The id of the organization.", "\"0192f0c1-6a5e-7c3b-9d2f-4b8e1a7c5d30\""),
        ["outcome"] = Text("Only entries with this outcome: `success` or `denied`.", "\"denied\""),
        ["owner"] = Text("Only routes with this owner.", "\"Team Docs\""),
        ["page"] = Text("The `next_page` of the previous response; omit it for the first page.", "\"b3JkaW5hbDo0Mg\""),
        ["policy_id"] = Text("The id of the version of a policy.", "\"pol_017Gx2kQ9mVbT4nRw8YcLs3D\""),
        ["principal"] = Text("The service account whose tokens are listed.", "\"svac_017Gx2kQ9mVbT4nRw8YcLs3D\""),
        ["probe"] = Flag(
            "Whether this is a question of a doctor: it is answered at once, and does not count as a contact of the agent.",
            "true"
        ),
        ["q"] = Text("An id, a serial number, a fingerprint, or a part of a name: 1 to 256 characters.", "\"docs\""),
        ["reason"] = Text("Only exchanges with this reason.", "\"match_subject_prefix\""),
        ["registered_by"] = Text(
            "Only clients that an `administrator` registered (the default), or those that registered themselves: `client`.",
            "\"client\""
        ),
        ["relying_party_id"] = Text("The id of the relying party.", "\"rp_017Gx2kQ9mVbT4nRw8YcLs3D\""),
        ["request"] = Text("The DER form of an OCSP request, in base64.", "\"MEIwQDA+MDwwOjAJBgUrDgMCGgUA\""),
        ["request_id"] = Text("The id of a request, from its response or the log.", "\"req_017Gx2kQ9mVbT4nRw8YcLs3D\""),
        ["resource"] = Text("Only entries that concern the resource with this id.", "\"ca_017Gx2kQ9mVbT4nRw8YcLs3D\""),
        ["root_id"] = Text("The id of the root.", "\"root_017Gx2kQ9mVbT4nRw8YcLs3D\""),
        ["route"] = Text("The name of the route.", "\"docs\""),
        ["serial"] = Text("The serial number in hexadecimal.", "\"5f3a9c01\""),
        ["service_account_id"] = Text("Only exchanges for this service account.", "\"svac_017Gx2kQ9mVbT4nRw8YcLs3D\""),
        ["since"] = Text(
            "Feeds and bundles: the revision or epoch that the caller holds. History and audit: the earliest time.",
            "\"41\""
        ),
        ["size"] = Number("The size of the tree; the newest signed size by default.", "4096"),
        ["state"] = Text(
            "Only those in these states, separated by commas. Requests for approval: `pending`, `approved`, `rejected`, "
                + "`used`, `expired`. Policies: `draft`, `active`, `superseded`, `rejected`.",
            "\"rejected\""
        ),
        ["connection_id"] = Text("The id of the connection.", "\"conn_017Gx2kQ9mVbT4nRw8YcLs3D\""),
        ["grant_id"] = Text("The id of the grant.", "\"cgrt_017Gx2kQ9mVbT4nRw8YcLs3D\""),
        ["client_id"] = Text("The id of the OAuth client.", "\"ocl_017Gx2kQ9mVbT4nRw8YcLs3D\""),
        ["status"] = Text("Only certificates with this status.", "\"valid\""),
        ["subject"] = Text(
            "Only entries with this subject, or with those that begin so if it ends in `*`.",
            "\"repo:example/docs:ref:refs/heads/main\""
        ),
        ["to"] = Number("The size of the larger tree; the newest signed size by default.", "4096"),
        ["tunnel_id"] = Text("The id of the tunnel.", "\"tnl_017Gx2kQ9mVbT4nRw8YcLs3D\""),
        ["type"] = Text("Only objects of this kind.", "\"tunnel\""),
        ["unsanctioned"] = Flag("Whether the list has only names that no attestation covers.", "true"),
        ["until"] = Text("The time before which entries were made.", "\"2026-11-23T12:00:00Z\""),
        ["version"] = Number("The number of the version.", "3"),
        ["wait"] = Text("How long the request may wait for a change, as in `30s`.", "\"30s\""),
        ["webhook_id"] = Text("The id of the webhook.", "\"hook_017Gx2kQ9mVbT4nRw8YcLs3D\""),
        ["witnesses"] = Number("How many witnesses must have cosigned the tree head; 0 by default.", "2"),
        ["workspace"] = Text("The id of the workspace.", "\"wrkspc_017Gx2kQ9mVbT4nRw8YcLs3D\""),
    };

    public static OpenApiParameter Path(string name) => Create(name, ParameterLocation.Path);

    public static OpenApiParameter Query(string name) => Create(name, ParameterLocation.Query);

    private static OpenApiParameter Create(string name, ParameterLocation place)
    {
        var (description, type, example) = Known[name];
        return new OpenApiParameter
        {
            Name = name,
            In = place,
            Required = place == ParameterLocation.Path,
            Description = description,
            Schema = new OpenApiSchema { Type = type },
            Example = JsonNode.Parse(example),
        };
    }

    private static (string Description, JsonSchemaType Type, string Example) Text(string description, string example) =>
        (description, JsonSchemaType.String, example);

    private static (string Description, JsonSchemaType Type, string Example) Number(
        string description,
        string example
    ) => (description, JsonSchemaType.Integer, example);

    private static (string Description, JsonSchemaType Type, string Example) Flag(string description, string example) =>
        (description, JsonSchemaType.Boolean, example);
}
