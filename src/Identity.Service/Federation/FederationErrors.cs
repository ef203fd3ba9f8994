using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Federation;

internal static class FederationErrors
{
    public static readonly ErrorCode NameTaken = new(
        "federation.name_taken",
        409,
        "The name is in use.",
        "An unarchived record of the same kind and organization has that name.",
        "Choose another name, or archive the other record."
    );

    public static readonly ErrorCode Changed = new(
        "federation.changed",
        409,
        "The record was changed at the same time.",
        "Two requests changed the same record, or it was archived in between.",
        "Read the record again, then repeat the change."
    );

    public static readonly ErrorCode Archived = new(
        "federation.archived",
        400,
        "The record is archived.",
        "Archived issuers, rules and service accounts cannot be changed or referred to.",
        "Create a new record."
    );

    public static readonly ErrorCode NotWaiting = new(
        "federation.not_waiting",
        409,
        "The rule does not await approval.",
        "It was approved or rejected before, or it never needed a second person.",
        "Read the rule again."
    );

    public static readonly ErrorCode SamePerson = new(
        "federation.same_person",
        403,
        "A second person must approve the rule.",
        "The caller wrote a part of what it would grant in addition. Two keys of the same person count once.",
        "Ask a person who wrote no part of it to approve, or reject it and let another person write it."
    );

    public static Refusal ReferenceArchived() =>
        Archived.Refuse("The issuer or service account was archived at the same time.");

    public static readonly ErrorCode InUse = new(
        "federation.in_use",
        400,
        "An active rule refers to this record.",
        "An issuer or service account cannot be archived while an unarchived rule refers to it.",
        "Archive or change the rules first; list them with issuer_id."
    );

    public static readonly ErrorCode IssuerUrl = new(
        "federation.issuer_url",
        400,
        "The issuer URL cannot be used.",
        "The URL is not an https URL, has a query, fragment, user name or non-ASCII character, or is this service's own.",
        "Give the issuer's `iss` byte for byte; the message names the error."
    );

    public static readonly ErrorCode FetchUrl = new(
        "federation.fetch_url",
        400,
        "Keys cannot be fetched from this URL.",
        "Fetched URLs need https, port 443 and a DNS name, unless allowed_targets opens exactly that target.",
        "Correct the URL, or add the target to allowed_targets."
    );

    public static readonly ErrorCode KeySource = new(
        "federation.jwks",
        400,
        "The key source cannot be used.",
        "An unknown jwks type, an unusable inline key, or a CA certificate that is not one.",
        "Correct the error that the message names."
    );

    public static readonly ErrorCode TargetNotAllowed = new(
        "federation.target_not_allowed",
        400,
        "The private target is outside the installation's private_issuer_networks.",
        "allowed_targets must lie inside private_issuer_networks, address and port; loopback only if both name it; link-local never.",
        "Ask the installation's operator to extend private_issuer_networks, or name a smaller network."
    );

    public static readonly ErrorCode Match = new(
        "federation.match",
        400,
        "The rule's match cannot be used.",
        "No subject or claim is constrained, or a condition is malformed.",
        "Give subject_prefix or claims; the message names the error."
    );

    public static readonly ErrorCode Condition = new(
        "federation.condition",
        400,
        "The rule's condition cannot be used.",
        "The expression is outside the supported subset of CEL, is not a boolean, or is true for every token.",
        "Correct the expression at the position in the message; docs/rules.md lists the supported syntax."
    );

    public static readonly ErrorCode Lint = new(
        "federation.lint",
        400,
        "The rule is dangerous as it is written.",
        "A lint of severity error failed; details.lint names it, and the message says what to write instead.",
        "Correct the rule; the lints are described in presets-and-lints."
    );

    public static readonly ErrorCode RuleTest = new(
        "federation.rule_test",
        400,
        "A test of the rule does not have the expected result.",
        "The rule admits a token that the test expects to be denied, or denies it, or denies it for another reason.",
        "Correct the rule or the test; details name the test, the expected and the actual result."
    );

    public static readonly ErrorCode ImplicitMembership = new(
        "federation.implicit_membership",
        400,
        "The implicit membership of the default workspace has no role to change.",
        "Every service account is a member of the default workspace; only explicit memberships can be updated.",
        "Add the service account to the default workspace explicitly, with the role."
    );

    public static readonly ErrorCode Reference = new(
        "federation.reference",
        400,
        "The rule refers to something that does not exist.",
        "An issuer, service account, workspace, tunnel or edge id is unknown in this organization.",
        "Check the id; list the resource with the same credential."
    );

    public static readonly ErrorCode Scope = new(
        "federation.scope",
        400,
        "The scope cannot be granted by this rule.",
        "An unknown scope, or tunnel:agent without tunnel_ids, edge:serve without edge_ids, org:admin without an admin account.",
        "Correct oauth_scope or add the member that the message names."
    );

    public static readonly ErrorCode ScopeNotGrantable = new(
        "federation.scope_not_grantable",
        403,
        "The caller may not grant this scope.",
        "You cannot grant a scope that you do not have: edge:serve and org:admin need installation:operate; installation:operate is never federated.",
        "Use a credential that has the right named in the message."
    );

    public static readonly ErrorCode Limit = new(
        "federation.limit",
        400,
        "The organization has the maximum number of these objects.",
        "A bound on unarchived records was reached.",
        "Archive objects that are no longer used."
    );

    public static readonly ErrorCode NotKilled = new(
        "federation.not_killed",
        400,
        "This was not killed.",
        "No kill of that kid, key set or issuer is in force.",
        "Read the issuer's killed member; give exactly the values that were killed."
    );
}
