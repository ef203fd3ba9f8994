using Culvert.Identity.Service.Documentation.Shapes;
using Culvert.Identity.Service.Federation.Explain;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Federation.Lints;
using Culvert.Identity.Service.Federation.Presets;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Federation.ServiceAccounts;
using Culvert.Identity.Service.Federation.Workspaces;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Documentation.Operations;

internal static class FederationOperations
{
    public static void Describe(OperationTable table)
    {
        table
            .Add(
                "POST /v1/organizations/service_accounts",
                "create_service_account",
                "Create a service account",
                "Creates an identity that federation rules can grant to workloads."
            )
            .Takes<CreateServiceAccountRequest>()
            .Answers<ServiceAccountDocument>();
        table
            .Add(
                "GET /v1/organizations/service_accounts",
                "list_service_accounts",
                "List service accounts",
                "The organization's service accounts."
            )
            .Paged()
            .Answers<Page<ServiceAccountDocument>>();
        table
            .Add(
                "GET /v1/organizations/service_accounts/{id}",
                "get_service_account",
                "Get a service account",
                "One service account."
            )
            .Answers<ServiceAccountDocument>();
        table
            .Add(
                "POST /v1/organizations/service_accounts/{id}",
                "update_service_account",
                "Update a service account",
                "Changes the members that the body names; the others stay."
            )
            .Takes<UpdateServiceAccountRequest>()
            .Answers<ServiceAccountDocument>();
        table
            .Add(
                "POST /v1/organizations/service_accounts/{id}/archive",
                "archive_service_account",
                "Archive a service account",
                "Its rules grant no more tokens, and its enrolments are not renewed."
            )
            .MayTake<ReasonRequest>()
            .Answers<ServiceAccountDocument>();
        table
            .Add(
                "GET /v1/organizations/service_accounts/{id}/workspaces",
                "list_workspaces_of_service_account",
                "List the workspaces of a service account",
                "The workspaces that the service account is a member of."
            )
            .Paged()
            .Answers<Page<MembershipDocument>>();
        table
            .Add(
                "POST /v1/organizations/service_accounts/{id}/workspaces",
                "add_workspace_to_service_account",
                "Add a service account to a workspace",
                "Makes the service account a member of the workspace with a role."
            )
            .Takes<AddWorkspaceRequest>()
            .Answers<MembershipDocument>();
        table
            .Add(
                "DELETE /v1/organizations/service_accounts/{id}/workspaces/{workspace}",
                "remove_workspace_from_service_account",
                "Remove a service account from a workspace",
                "Removes the membership. Access tokens that were issued for the workspace lose its scopes."
            )
            .Answers<MembershipDeletedDocument>();
        table
            .Add(
                "GET /v1/organizations/workspaces/{workspace}/service_accounts",
                "list_members_of_workspace",
                "List the members of a workspace",
                "The service accounts that are members of the workspace."
            )
            .Paged()
            .Answers<Page<MembershipDocument>>();
        table
            .Add(
                "POST /v1/organizations/workspaces/{workspace}/service_accounts",
                "add_member_to_workspace",
                "Add a member to a workspace",
                "Makes the named service account a member of the workspace with a role."
            )
            .Takes<AddMemberRequest>()
            .Answers<MembershipDocument>();
        table
            .Add(
                "GET /v1/organizations/workspaces/{workspace}/service_accounts/{id}",
                "get_member_of_workspace",
                "Get a member of a workspace",
                "One membership with its role."
            )
            .Answers<MembershipDocument>();
        table
            .Add(
                "POST /v1/organizations/workspaces/{workspace}/service_accounts/{id}",
                "update_member_of_workspace",
                "Update a member of a workspace",
                "Changes the role of the membership."
            )
            .Takes<UpdateMemberRequest>()
            .Answers<MembershipDocument>();
        table
            .Add(
                "DELETE /v1/organizations/workspaces/{workspace}/service_accounts/{id}",
                "remove_member_from_workspace",
                "Remove a member from a workspace",
                "Ends the membership."
            )
            .Answers<MembershipDeletedDocument>();
        table
            .Add(
                "POST /v1/organizations/federation_issuers",
                "create_federation_issuer",
                "Create a federation issuer",
                "Registers an identity provider and how its keys are found: by discovery, by a JWKS address or in "
                    + "the request. A preset fills in the defaults of a known platform."
            )
            .Takes<CreateIssuerRequest>()
            .Answers<IssuerDocument>();
        table
            .Add(
                "GET /v1/organizations/federation_issuers",
                "list_federation_issuers",
                "List federation issuers",
                "The organization's identity providers with the state of their keys."
            )
            .Paged()
            .Answers<Page<IssuerDocument>>();
        table
            .Add(
                "GET /v1/organizations/federation_issuers/{id}",
                "get_federation_issuer",
                "Get a federation issuer",
                "One identity provider with the state of its keys."
            )
            .Answers<IssuerDocument>();
        table
            .Add(
                "POST /v1/organizations/federation_issuers/{id}",
                "update_federation_issuer",
                "Update a federation issuer",
                "Changes the members that the body names; the others stay."
            )
            .Takes<UpdateIssuerRequest>()
            .Answers<IssuerDocument>();
        table
            .Add(
                "POST /v1/organizations/federation_issuers/{id}/archive",
                "archive_federation_issuer",
                "Archive a federation issuer",
                "Tokens of this issuer are refused, and enrolments that rest on it are not renewed."
            )
            .Answers<IssuerDocument>();
        table
            .Add(
                "POST /v1/organizations/federation_issuers/{id}/kill",
                "kill_federation_issuer",
                "Kill an issuer or its keys",
                "Refuses all tokens of the issuer, of its current key set or of one key, on every node within a "
                    + "second, until you undo the kill."
            )
            .Takes<KillRequest>()
            .Answers<KillDocument>();
        table
            .Add(
                "POST /v1/organizations/federation_issuers/{id}/unkill",
                "unkill_federation_issuer",
                "Undo a kill",
                "Accepts tokens of the issuer, the key set or the key again."
            )
            .Takes<KillRequest>()
            .Answers<KillDocument>();
        table
            .Add(
                "POST /v1/organizations/federation_issuers/verify",
                "verify_federation_issuer_draft",
                "Verify an issuer before creating it",
                "Fetches the keys as the service would and reports each step. Only an audit entry is stored."
            )
            .Takes<CreateIssuerRequest>()
            .Answers<VerificationDocument>();
        table
            .Add(
                "POST /v1/organizations/federation_issuers/{id}/verify",
                "verify_federation_issuer",
                "Verify a federation issuer",
                "Fetches the keys of the issuer now and reports each step and what changed."
            )
            .Answers<VerificationDocument>();
        table
            .Add(
                "GET /v1/organizations/federation_presets",
                "list_federation_presets",
                "List federation presets",
                "What the service knows about the tokens of common platforms."
            )
            .Answers<Page<Preset>>();
        table
            .Add(
                "GET /v1/organizations/federation_presets/{name}",
                "get_federation_preset",
                "Get a federation preset",
                "What the service knows about the tokens of one platform: subjects, claims, cautions and samples."
            )
            .Answers<Preset>();
        table
            .Add(
                "POST /v1/organizations/federation_rules/lint",
                "lint_federation_rules",
                "Lint federation rules",
                "Checks a rule before it is saved, a change of a rule, or all rules. Errors refuse a rule when it "
                    + "is saved; warnings do not."
            )
            .MayTake<LintRequest>()
            .Answers<LintReportDocument>();
        table
            .Add(
                "POST /v1/organizations/federation_rules",
                "create_federation_rule",
                "Create a federation rule",
                "Creates a rule, which matches tokens of an issuer and grants them a service account and "
                    + "scopes. The rule's tests run before it is saved."
            )
            .Takes<CreateRuleRequest>()
            .Answers<RuleDocument>();
        table
            .Add(
                "GET /v1/organizations/federation_rules",
                "list_federation_rules",
                "List federation rules",
                "The organization's rules, or the rules of one issuer."
            )
            .Paged("issuer_id")
            .Answers<Page<RuleDocument>>();
        table
            .Add(
                "GET /v1/organizations/federation_rules/{id}",
                "get_federation_rule",
                "Get a federation rule",
                "The current version of one rule."
            )
            .Answers<RuleDocument>();
        table
            .Add(
                "POST /v1/organizations/federation_rules/{id}",
                "update_federation_rule",
                "Update a federation rule",
                "Creates a new version of the rule with the members that the body names; the others are unchanged. With "
                    + "dry_run=true nothing is saved: the response is the replay of the history of the last days against "
                    + "the change."
            )
            .Query("days", "dry_run")
            .Takes<UpdateRuleRequest>()
            .Answers<ReplayReportDocument>()
            .Answers<RuleDocument>();
        table
            .Add(
                "POST /v1/organizations/federation_rules/{id}/archive",
                "archive_federation_rule",
                "Archive a federation rule",
                "The rule grants no more tokens, and enrolments that depend on it are not renewed."
            )
            .MayTake<ReasonRequest>()
            .Answers<RuleDocument>();
        table
            .Add(
                "GET /v1/organizations/federation_rules/{id}/versions",
                "list_federation_rule_versions",
                "List the versions of a rule",
                "All versions of the rule, newest first."
            )
            .Paged()
            .Answers<Page<RuleDocument>>();
        table
            .Add(
                "GET /v1/organizations/federation_rules/{id}/versions/{version}",
                "get_federation_rule_version",
                "Get a version of a rule",
                "The rule as it was in one version."
            )
            .Answers<RuleDocument>();
        table
            .Add(
                "POST /v1/organizations/federation_rules/simulate",
                "simulate_exchange",
                "Simulate an exchange",
                "Tries a token, a set of claims, a recorded exchange or a sample against a rule, a draft or all "
                    + "rules, and explains each step. Nothing is issued."
            )
            .Takes<SimulateRequest>()
            .Answers<SimulationDocument>();
        table
            .Add(
                "POST /v1/organizations/federation_rules/{id}/replay",
                "replay_history_against_rule",
                "Replay the history against a change",
                "Runs the recorded exchanges of the last days against a changed rule and lists who would gain or "
                    + "lose access. Only an audit entry is stored."
            )
            .Takes<ReplayRequest>()
            .Answers<ReplayReportDocument>();
        table
            .Add(
                "GET /v1/organizations/federation_rules/{id}/workspaces",
                "list_workspaces_of_rule",
                "List the workspaces of a rule",
                "The workspaces that the rule grants."
            )
            .Answers<Page<RuleWorkspaceDocument>>();
        table
            .Add(
                "POST /v1/organizations/federation_rules/{id}/workspaces",
                "add_workspace_to_rule",
                "Add a workspace to a rule",
                "The rule grants this workspace too."
            )
            .Takes<AddRuleWorkspaceRequest>()
            .Answers<RuleWorkspaceDocument>();
        table
            .Add(
                "DELETE /v1/organizations/federation_rules/{id}/workspaces/{workspace}",
                "remove_workspace_from_rule",
                "Remove a workspace from a rule",
                "The rule no longer grants this workspace."
            )
            .Answers<RuleWorkspaceDeletedDocument>();
        table
            .Add(
                "GET /v1/authentication_history",
                "list_authentication_history",
                "List the authentication history",
                "Exchanges that were granted or denied, newest first, with the precise reason, filtered by the "
                    + "query parameters."
            )
            .Paged(
                "decision",
                "federation_rule_id",
                "issuer_id",
                "reason",
                "request_id",
                "service_account_id",
                "since",
                "subject",
                "until"
            )
            .Answers<Page<AuthenticationDocument>>();
        table
            .Add(
                "GET /v1/authentication_history/{request_id}",
                "get_authentication",
                "Explain an exchange",
                "One exchange by its request id, with the trace of each check. The service account of the "
                    + "exchange sees a shorter form that does not show what the rule requires."
            )
            .Answers<ExplainedAuthenticationDocument>();
    }
}
