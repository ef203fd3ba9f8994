using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Servers.Calls;

internal static class CallApprovalOperations
{
    private const string Approvals = "/v1/tunnels/{tunnel_id}/approvals";

    public static readonly Operation ListAll = Operation
        .Get("list_all_call_approvals", "/v1/approvals", Access.ManageTunnels, RoleSet.Reviewing)
        .Describe(
            "List requests for the approval of calls of all tunnels",
            "Calls that a rule of an agent's policy lets pass only with a person's approval, newest first."
        )
        .Paged("state", "tunnel_id")
        .Returns<Page<CallApprovalDocument>>();

    public static readonly Operation List = Operation
        .Get("list_call_approvals", Approvals, Access.ManageTunnels, RoleSet.Reviewing)
        .Describe(
            "List requests for the approval of calls",
            "Calls that a rule of an agent's policy lets pass only with a person's approval, newest first."
        )
        .Paged("state")
        .Returns<Page<CallApprovalDocument>>();

    public static readonly Operation Get = Operation
        .Get("get_call_approval", $"{Approvals}/{{approval_id}}", Access.ManageTunnels, RoleSet.Reviewing)
        .Describe(
            "Get a request for the approval of a call",
            "The call, with the values of the arguments that its rule shows, and the decisions so far."
        )
        .Returns<CallApprovalDocument>();

    public static readonly Operation Approve = Operation
        .Post("approve_call", $"{Approvals}/{{approval_id}}/approve", Access.ManageTunnels, RoleSet.DecidingCalls)
        .Describe(
            "Approve a call",
            "The call can be made once before the request expires. Where the rule demands two people, the first "
                + "approval leaves the request pending. Federated workloads cannot approve."
        )
        .MayTake<ReasonRequest>()
        .Returns<CallApprovalDocument>();

    public static readonly Operation Reject = Operation
        .Post("reject_call", $"{Approvals}/{{approval_id}}/reject", Access.ManageTunnels, RoleSet.DecidingCalls)
        .Describe("Reject a call", "The call is refused until the request expires. Federated workloads cannot reject.")
        .MayTake<ReasonRequest>()
        .Returns<CallApprovalDocument>();

    public static readonly Operation Decide = Operation
        .Post("decide_call", "/v1/webhooks/{webhook_id}/decisions", Access.Anonymous)
        .Describe(
            "Decide a call by a signed message",
            "Approves or rejects a call for the receiver of a webhook that was registered with `can_decide`. It takes "
                + "no key: the message is signed with the webhook's secret as Standard Webhooks has it (`webhook-id`, "
                + "`webhook-timestamp`, `webhook-signature`), and counts once."
        )
        .Accepts<CallDecisionRequest>()
        .Returns<CallDecisionDocument>();

    public static readonly Operation Request = Operation
        .Post("ask_call_approval", "/v1/agent/approvals", Access.Agent)
        .Describe(
            "Ask for the approval of a call",
            "Whether a person has approved the call that the binding identifies. An answer approved uses the approval "
                + "up. The first request for a binding makes a ticket that people decide."
        )
        .Accepts<CallApprovalRequest>()
        .Returns<CallApprovalAnswer>();
}
