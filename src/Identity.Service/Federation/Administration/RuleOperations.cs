using Culvert.Identity.Service.Federation.Lints;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Federation.Simulation;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;

namespace Culvert.Identity.Service.Federation.Administration;

internal static class RuleOperations
{
    private const string Rules = "/v1/organizations/federation_rules";
    private const string Rule = $"{Rules}/{{id}}";

    public static readonly Operation Lint = Operation
        .Post("lint_federation_rules", $"{Rules}/lint", Access.OrganizationAdmin, RoleSet.Linting)
        .Describe(
            "Lint federation rules",
            "Checks a rule before it is saved, a change of a rule, or all rules. Errors refuse a rule when it is "
                + "saved; warnings do not."
        )
        .MayTake<LintRequest>()
        .Returns<LintReportDocument>();

    public static readonly Operation Create = Operation
        .Post("create_federation_rule", Rules, Access.OrganizationAdmin, RoleSet.Administering)
        .Describe(
            "Create a federation rule",
            "Creates a rule, which matches tokens of an issuer and grants them a service account and scopes. The "
                + "rule's tests run before it is saved."
        )
        .Accepts<CreateRuleRequest>()
        .Returns<RuleDocument>();

    public static readonly Operation List = Operation
        .Get("list_federation_rules", Rules, Access.OrganizationAdmin, RoleSet.Viewing)
        .Describe("List federation rules", "The organization's rules, or the rules of one issuer.")
        .Paged("issuer_id")
        .Returns<Page<RuleDocument>>();

    public static readonly Operation Get = Operation
        .Get("get_federation_rule", Rule, Access.OrganizationAdmin, RoleSet.Viewing)
        .Describe("Get a federation rule", "The current version of one rule.")
        .Returns<RuleDocument>();

    public static readonly Operation Update = Operation
        .Post("update_federation_rule", Rule, Access.OrganizationAdmin, RoleSet.Administering)
        .Describe(
            "Update a federation rule",
            "Creates a new version of the rule with the members that the body names; the others are unchanged. With "
                + "dry_run=true nothing is saved: the response is the replay of the history of the last days against "
                + "the change."
        )
        .WithQuery("days", "dry_run")
        .Accepts<UpdateRuleRequest>()
        .Returns<ReplayReportDocument>()
        .Returns<RuleDocument>();

    public static readonly Operation Approve = Operation
        .Post("approve_federation_rule", $"{Rule}/approve", Access.OrganizationAdmin, RoleSet.Approving)
        .Describe(
            "Approve a version of a rule for people",
            "The version that awaits approval is enforced. Those who wrote it cannot approve it, and neither can federated "
                + "workloads."
        )
        .Accepts<DecideRuleRequest>()
        .Returns<RuleDocument>();

    public static readonly Operation Reject = Operation
        .Post("reject_federation_rule", $"{Rule}/reject", Access.OrganizationAdmin, RoleSet.Approving)
        .Describe(
            "Reject a version of a rule for people",
            "The version in force becomes the newest one again; if none is in force, the rule becomes a draft. Federated "
                + "workloads cannot reject."
        )
        .Accepts<DecideRuleRequest>()
        .Returns<RuleDocument>();

    public static readonly Operation Archive = Operation
        .Post("archive_federation_rule", $"{Rule}/archive", Access.OrganizationAdmin, RoleSet.Administering)
        .Describe(
            "Archive a federation rule",
            "The rule grants no more tokens, and enrolments that depend on it are not renewed."
        )
        .MayTake<ReasonRequest>()
        .Returns<RuleDocument>();

    public static readonly Operation ListVersions = Operation
        .Get("list_federation_rule_versions", $"{Rule}/versions", Access.OrganizationAdmin, RoleSet.Viewing)
        .Describe("List the versions of a rule", "All versions of the rule, newest first.")
        .Paged()
        .Returns<Page<RuleDocument>>();

    public static readonly Operation GetVersion = Operation
        .Get("get_federation_rule_version", $"{Rule}/versions/{{version}}", Access.OrganizationAdmin, RoleSet.Viewing)
        .Describe("Get a version of a rule", "The rule as it was in one version.")
        .Returns<RuleDocument>();

    public static readonly Operation Simulate = Operation
        .Post("simulate_exchange", $"{Rules}/simulate", Access.OrganizationAdmin, RoleSet.Approving)
        .Describe(
            "Simulate an exchange",
            "Tries a token, a set of claims, a recorded exchange or a sample against a rule, a draft or all rules, "
                + "and explains each step. Nothing is issued."
        )
        .Accepts<SimulateRequest>()
        .Returns<SimulationDocument>();

    public static readonly Operation Replay = Operation
        .Post("replay_history_against_rule", $"{Rule}/replay", Access.OrganizationAdmin, RoleSet.Approving)
        .Describe(
            "Replay the history against a change",
            "Runs the recorded exchanges of the last days against a changed rule and lists who would gain or lose "
                + "access. Only an audit entry is stored."
        )
        .Accepts<ReplayRequest>()
        .Returns<ReplayReportDocument>();

    public static readonly Operation ListWorkspaces = Operation
        .Get("list_workspaces_of_rule", $"{Rule}/workspaces", Access.OrganizationAdmin, RoleSet.Viewing)
        .Describe("List the workspaces of a rule", "The workspaces that the rule grants.")
        .Returns<Page<RuleWorkspaceDocument>>();

    public static readonly Operation AddWorkspace = Operation
        .Post("add_workspace_to_rule", $"{Rule}/workspaces", Access.OrganizationAdmin, RoleSet.Administering)
        .Describe("Add a workspace to a rule", "The rule grants this workspace too.")
        .Accepts<AddRuleWorkspaceRequest>()
        .Returns<RuleWorkspaceDocument>();

    public static readonly Operation RemoveWorkspace = Operation
        .Delete(
            "remove_workspace_from_rule",
            $"{Rule}/workspaces/{{workspace}}",
            Access.OrganizationAdmin,
            RoleSet.Administering
        )
        .Describe("Remove a workspace from a rule", "The rule no longer grants this workspace.")
        .Returns<RuleWorkspaceDeletedDocument>();
}
