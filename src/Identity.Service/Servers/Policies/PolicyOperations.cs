using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;

namespace Culvert.Identity.Service.Servers.Policies;

internal static class PolicyOperations
{
    private const string Policies = "/v1/tunnels/{tunnel_id}/policies";

    public static readonly Operation Draft = Operation
        .Post("draft_policy", Policies, Access.ManageTunnels, RoleSet.Operating)
        .Describe(
            "Draft a version of a route's policy",
            "The version is a draft until a second person approves it. Agents check the rules when they get it."
        )
        .Accepts<DraftRoutePolicyRequest>()
        .Returns<RoutePolicyDocument>();

    public static readonly Operation List = Operation
        .Get("list_policies", Policies, Access.ManageTunnels, RoleSet.Reviewing)
        .Describe(
            "List the versions of routes' policies",
            "The newest first, without their texts. Each lists the agents that cannot use it."
        )
        .Paged("hostname", "state")
        .Returns<Page<RoutePolicyDocument>>();

    public static readonly Operation Get = Operation
        .Get("get_policy", $"{Policies}/{{policy_id}}", Access.ManageTunnels, RoleSet.Reviewing)
        .Describe("Get a version of a route's policy", "With its text, and the agents that cannot use it.")
        .Returns<RoutePolicyDocument>();

    public static readonly Operation Approve = Operation
        .Post("approve_policy", $"{Policies}/{{policy_id}}/approve", Access.OrganizationAdmin, RoleSet.Approving)
        .Describe(
            "Approve a version of a route's policy",
            "The draft becomes the active version, and agents get it at once. The person who drafted it cannot "
                + "approve it, and neither can federated workloads. With replaces, the approval is refused if another "
                + "version came into force after the approver compared the two."
        )
        .MayTake<ApproveRoutePolicyRequest>()
        .Returns<RoutePolicyDocument>();

    public static readonly Operation Reject = Operation
        .Post("reject_policy", $"{Policies}/{{policy_id}}/reject", Access.OrganizationAdmin, RoleSet.Approving)
        .Describe(
            "Reject a version of a route's policy",
            "The draft can no longer be approved. Federated workloads cannot reject."
        )
        .MayTake<ReasonRequest>()
        .Returns<RoutePolicyDocument>();

    public static readonly Operation Withdraw = Operation
        .Post("withdraw_policy", $"{Policies}/{{policy_id}}/withdraw", Access.ManageTunnels, RoleSet.Operating)
        .Describe(
            "Withdraw a draft of a route's policy",
            "Only the person who drafted it may do so. The draft can no longer be approved."
        )
        .MayTake<ReasonRequest>()
        .Returns<RoutePolicyDocument>();

    public static readonly Operation RollBack = Operation
        .Post("roll_back_policy", $"{Policies}/rollback", Access.OrganizationAdmin, RoleSet.Approving)
        .Describe(
            "Take back the last approval of a route's policy",
            "The version that was active before is active again. It needs no second person and can be done once after "
                + "each approval. Federated workloads cannot roll back."
        )
        .Accepts<RollBackPolicyRequest>()
        .Returns<RoutePolicyDocument>();
}
