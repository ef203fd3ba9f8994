using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Servers.Calls;
using Culvert.Identity.Service.Servers.Policies;
using Culvert.Identity.Service.Tunnels.Inventory;

namespace Culvert.Identity.Service.Documentation.Operations;

/// <summary>The servers behind all tunnels of an organization: their names, owners, attestations and callers.</summary>
internal static class InventoryOperations
{
    public static void Describe(OperationTable table)
    {
        table
            .Add(
                "GET /v1/inventory",
                "list_inventory",
                "List the inventory of servers",
                "The names (tools, prompts, resources, methods) that agents of all tunnels reported, newest first, with "
                    + "their use. A name is sanctioned when its route was attested after the service learnt of the name."
            )
            .Paged("caller", "kind", "route", "tunnel_id", "unsanctioned")
            .Answers<Page<InventoryDocument>>();
        table
            .Add(
                "GET /v1/inventory/routes",
                "list_inventory_routes",
                "List the routes of all tunnels",
                "Each route with the owner of the server behind it, the number of names, callers and calls, and the last "
                    + "attestation."
            )
            .Paged("open", "owner", "route", "tunnel_id")
            .Answers<Page<RouteDocument>>();
        table
            .Add(
                "GET /v1/inventory/routes/export",
                "export_inventory_routes",
                "Export the routes of all tunnels",
                "The whole filtered list of routes as CSV. An export that breaks off closes the connection before its end."
            )
            .Query("format", "include_archived", "open", "owner", "route", "tunnel_id")
            .Answers<string>("text/csv");
        table
            .Add(
                "GET /v1/inventory/callers",
                "list_inventory_callers",
                "List the callers of all routes",
                "One entry for each caller of each route: how many names it called, how often, and how many of its calls "
                    + "were denied."
            )
            .Paged("caller", "route", "tunnel_id")
            .Answers<Page<CallerDocument>>();
        table
            .Add(
                "GET /v1/inventory/days",
                "list_inventory_days",
                "Count calls, denials and drifts by day",
                "What happened on each of the last days on the routes of all tunnels, added up; the current day is the last."
            )
            .Query("days", "include_archived", "route", "tunnel_id")
            .Answers<RouteDaysDocument>();
        table
            .Add(
                "GET /v1/approvals",
                "list_all_call_approvals",
                "List requests for the approval of calls of all tunnels",
                "Calls that a rule of an agent's policy lets pass only with a person's approval, newest first."
            )
            .Paged("state", "tunnel_id")
            .Answers<Page<CallApprovalDocument>>();
        table
            .Add(
                "GET /v1/tunnels/{tunnel_id}/approvals",
                "list_call_approvals",
                "List requests for the approval of calls",
                "Calls that a rule of an agent's policy lets pass only with a person's approval, newest first."
            )
            .Paged("state")
            .Answers<Page<CallApprovalDocument>>();
        table
            .Add(
                "GET /v1/tunnels/{tunnel_id}/approvals/{approval_id}",
                "get_call_approval",
                "Get a request for the approval of a call",
                "The call, with the values of the arguments that its rule shows, and the decisions so far."
            )
            .Answers<CallApprovalDocument>();
        table
            .Add(
                "POST /v1/tunnels/{tunnel_id}/approvals/{approval_id}/approve",
                "approve_call",
                "Approve a call",
                "The call can be made once before the request expires. Where the rule demands two people, the first approval "
                    + "leaves the request pending. Federated workloads cannot approve."
            )
            .MayTake<ReasonRequest>()
            .Answers<CallApprovalDocument>();
        table
            .Add(
                "POST /v1/tunnels/{tunnel_id}/approvals/{approval_id}/reject",
                "reject_call",
                "Reject a call",
                "The call is refused until the request expires. Federated workloads cannot reject."
            )
            .MayTake<ReasonRequest>()
            .Answers<CallApprovalDocument>();
        DescribePolicies(table);
        table
            .Add(
                "POST /v1/webhooks/{webhook_id}/decisions",
                "decide_call",
                "Decide a call by a signed message",
                "Approves or rejects a call for the receiver of a webhook that was registered with `can_decide`. It takes no "
                    + "key: the message is signed with the webhook's secret as Standard Webhooks has it (`webhook-id`, "
                    + "`webhook-timestamp`, `webhook-signature`), and counts once."
            )
            .Takes<CallDecisionRequest>()
            .Answers<CallDecisionDocument>();
        table
            .Add(
                "POST /v1/tunnels/{tunnel_id}/routes/{route}",
                "set_route_owner",
                "Set the owner of a route",
                "Names the person or team that answers for the server behind the route. Null removes the owner."
            )
            .Takes<SetRouteOwnerRequest>()
            .Answers<RouteDocument>();
        table
            .Add(
                "POST /v1/tunnels/{tunnel_id}/routes/{route}/attest",
                "attest_route",
                "Attest a route",
                "Sanctions all names that the route has now. With names the request is refused when the route has another "
                    + "number of names than you have seen."
            )
            .MayTake<AttestRouteRequest>()
            .Answers<RouteDocument>();
    }

    private static void DescribePolicies(OperationTable table)
    {
        const string Policies = "/v1/tunnels/{tunnel_id}/policies";
        table
            .Add(
                $"POST {Policies}",
                "draft_policy",
                "Draft a version of a route's policy",
                "The version is a draft until a second person approves it. Agents check the rules when they get it."
            )
            .Takes<DraftRoutePolicyRequest>()
            .Answers<RoutePolicyDocument>();
        table
            .Add(
                $"GET {Policies}",
                "list_policies",
                "List the versions of routes' policies",
                "The newest first, without their texts. Each lists the agents that cannot use it."
            )
            .Paged("hostname", "state")
            .Answers<Page<RoutePolicyDocument>>();
        table
            .Add(
                $"GET {Policies}/{{policy_id}}",
                "get_policy",
                "Get a version of a route's policy",
                "With its text, and the agents that cannot use it."
            )
            .Answers<RoutePolicyDocument>();
        table
            .Add(
                $"POST {Policies}/{{policy_id}}/approve",
                "approve_policy",
                "Approve a version of a route's policy",
                "The draft becomes the active version, and agents get it at once. The person who drafted it cannot approve "
                    + "it, and neither can federated workloads. With replaces, the approval is refused if another version came into "
                    + "force after the approver compared the two."
            )
            .MayTake<ApproveRoutePolicyRequest>()
            .Answers<RoutePolicyDocument>();
        table
            .Add(
                $"POST {Policies}/{{policy_id}}/reject",
                "reject_policy",
                "Reject a version of a route's policy",
                "The draft can no longer be approved. Federated workloads cannot reject."
            )
            .MayTake<ReasonRequest>()
            .Answers<RoutePolicyDocument>();
        table
            .Add(
                $"POST {Policies}/{{policy_id}}/withdraw",
                "withdraw_policy",
                "Withdraw a draft of a route's policy",
                "Only the person who drafted it may do so. The draft can no longer be approved."
            )
            .MayTake<ReasonRequest>()
            .Answers<RoutePolicyDocument>();
        table
            .Add(
                $"POST {Policies}/rollback",
                "roll_back_policy",
                "Take back the last approval of a route's policy",
                "The version that was active before is active again. It needs no second person and can be done once after "
                    + "each approval. Federated workloads cannot roll back."
            )
            .Takes<RollBackPolicyRequest>()
            .Answers<RoutePolicyDocument>();
    }
}
