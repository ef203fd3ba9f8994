using System.Text.Json.Nodes;
using Culvert.Identity.Service.Console.Filters;
using Culvert.Identity.Service.Console.Pages;
using Culvert.Identity.Service.Servers.Calls;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.ClientAuthorities;
using Culvert.Identity.Service.Tunnels.Hostnames;
using Culvert.Identity.Service.Tunnels.Inventory;
using Culvert.Identity.Service.Tunnels.Machines;

namespace Culvert.Identity.Service.Console;

internal static class TunnelPages
{
    public static void MapTunnels(this ConsolePages pages)
    {
        pages.Page<TunnelsPage>(
            "/console/tunnels",
            new ConsoleAction("/console/tunnels", TunnelOperations.Create, FormField.Text("display_name"))
            {
                Next = made => ConsolePages.ToPath("tunnels", made),
            }
        );
        const string page = "/console/tunnels/{tunnel_id}";
        pages.Page<TunnelPage>(
            page,
            new ConsoleAction($"{page}/pause", TunnelOperations.Pause, FormField.Why(ConsolePages.Reason)),
            new ConsoleAction($"{page}/resume", TunnelOperations.Resume, FormField.Text(ConsolePages.Reason)),
            new ConsoleAction($"{page}/archive", TunnelOperations.Archive, FormField.Why(ConsolePages.Reason)),
            new ConsoleAction(
                $"{page}/settings",
                TunnelOperations.Update,
                FormField.Clearable("display_name"),
                FormField.Number("revision"),
                FormField.Lines("client_source_ranges"),
                FormField.Chosen("client_range_sets"),
                FormField.Lines("agent_source_ranges"),
                FormField.Lines("assertion_audiences"),
                // A change replaces all four: an empty one is the edge's default.
                FormField.Constant("limits", new JsonObject()),
                FormField.Number("limits.max_connections"),
                FormField.Text("limits.new_connections"),
                FormField.Number("limits.bytes_per_second"),
                FormField.Number("limits.open_streams")
            ),
            new ConsoleAction(
                $"{page}/edges",
                TunnelOperations.Update,
                FormField.Number("revision"),
                FormField.Chosen("edge_ids")
            ),
            new ConsoleAction(
                $"{page}/agents/{{agent_id}}/disconnect",
                AgentOperations.Disconnect,
                FormField.Why(ConsolePages.Reason)
            ),
            new ConsoleAction(
                $"{page}/agents/{{agent_id}}/revoke",
                AgentOperations.Revoke,
                FormField.Why(ConsolePages.Reason)
            )
        );
        pages.Page<ConnectAgentPage>($"{page}/agent");
        pages.Page<TrafficPage>($"{page}/traffic");
        pages.MapHostnames($"{page}/hostnames");
        pages.MapClientAuthorities($"{page}/clients");
        pages.MapPolicies();
        pages.MapApprovals();
        const string inventory = "/console/inventory";
        pages.Page<InventoryPage>(
            FilteredPage.Inventory,
            new ConsoleAction(
                $"{inventory}/{{tunnel_id}}/{{route}}/owner",
                InventoryOperations.SetOwner,
                FormField.Required("owner")
            ),
            new ConsoleAction(
                $"{inventory}/{{tunnel_id}}/{{route}}/attest",
                InventoryOperations.Attest,
                FormField.Text("note"),
                FormField.Number("names")
            )
        );
    }

    private static void MapHostnames(this ConsolePages pages, string page) =>
        pages.Page<HostnamesPage>(
            page,
            new ConsoleAction(page, HostnameOperations.Add, FormField.Required("name")),
            new ConsoleAction($"{page}/{{name}}/check", HostnameOperations.Check) { IsBodyless = true },
            new ConsoleAction($"{page}/{{name}}/remove", HostnameOperations.Remove) { IsBodyless = true }
        );

    private static void MapClientAuthorities(this ConsolePages pages, string page) =>
        pages.Page<ClientAuthoritiesPage>(
            page,
            new ConsoleAction(
                page,
                ClientAuthorityOperations.Add,
                FormField.Required("ca_certificate_pem"),
                FormField.Lines("identities")
            ),
            new ConsoleAction(
                $"{page}/{{authority_id}}/archive",
                ClientAuthorityOperations.Archive,
                FormField.Why(ConsolePages.Reason)
            )
        );

    private static void MapApprovals(this ConsolePages pages)
    {
        const string page = "/console/approvals";
        const string decision = $"{page}/{{tunnel_id}}/{{approval_id}}";
        pages.Page<ApprovalsPage>(
            FilteredPage.Approvals,
            new ConsoleAction(
                $"{decision}/approve",
                CallApprovalOperations.Approve,
                FormField.Text(ConsolePages.Reason)
            ),
            new ConsoleAction($"{decision}/reject", CallApprovalOperations.Reject, FormField.Why(ConsolePages.Reason))
        );
    }
}
