using System.Text.Json.Nodes;
using Culvert.Identity.Service.Console.Filters;
using Culvert.Identity.Service.Console.Pages;

namespace Culvert.Identity.Service.Console;

internal static class TunnelPages
{
    public static void MapTunnels(this ConsolePages pages)
    {
        pages.Page<TunnelsPage>(
            "/console/tunnels",
            new ConsoleAction("/console/tunnels", "/v1/tunnels", FormField.Text("display_name"))
            {
                Next = made => ConsolePages.ToPath("tunnels", made),
            }
        );
        const string tunnel = "/v1/tunnels/{tunnel_id}";
        const string page = "/console/tunnels/{tunnel_id}";
        pages.Page<TunnelPage>(
            page,
            new ConsoleAction($"{page}/pause", $"{tunnel}/pause", FormField.Why(ConsolePages.Reason)),
            new ConsoleAction($"{page}/resume", $"{tunnel}/resume", FormField.Text(ConsolePages.Reason)),
            new ConsoleAction($"{page}/archive", $"{tunnel}/archive", FormField.Why(ConsolePages.Reason)),
            new ConsoleAction(
                $"{page}/settings",
                tunnel,
                FormField.Clearable("display_name"),
                FormField.Number("revision"),
                FormField.Lines("client_source_ranges"),
                FormField.Chosen("client_range_sets"),
                FormField.Lines("agent_source_ranges"),
                // A change replaces all four: an empty one is the edge's default.
                FormField.Constant("limits", new JsonObject()),
                FormField.Number("limits.max_connections"),
                FormField.Text("limits.new_connections"),
                FormField.Number("limits.bytes_per_second"),
                FormField.Number("limits.open_streams")
            ),
            new ConsoleAction($"{page}/edges", tunnel, FormField.Number("revision"), FormField.Chosen("edge_ids")),
            new ConsoleAction(
                $"{page}/agents/{{agent_id}}/disconnect",
                $"{tunnel}/agents/{{agent_id}}/disconnect",
                FormField.Why(ConsolePages.Reason)
            ),
            new ConsoleAction(
                $"{page}/agents/{{agent_id}}/revoke",
                $"{tunnel}/agents/{{agent_id}}/revoke",
                FormField.Why(ConsolePages.Reason)
            )
        );
        pages.Page<ConnectAgentPage>($"{page}/agent");
        pages.Page<TrafficPage>($"{page}/traffic");
        pages.MapHostnames($"{page}/hostnames", $"{tunnel}/hostnames");
        pages.MapClientAuthorities($"{page}/clients", $"{tunnel}/client_certificate_authorities");
        pages.MapPolicies();
        pages.MapApprovals($"{tunnel}/approvals/{{approval_id}}");
        const string inventory = "/console/inventory";
        pages.Page<InventoryPage>(
            FilteredPage.Inventory,
            new ConsoleAction(
                $"{inventory}/{{tunnel_id}}/{{route}}/owner",
                $"{tunnel}/routes/{{route}}",
                FormField.Required("owner")
            ),
            new ConsoleAction(
                $"{inventory}/{{tunnel_id}}/{{route}}/attest",
                $"{tunnel}/routes/{{route}}/attest",
                FormField.Text("note"),
                FormField.Number("names")
            )
        );
    }

    private static void MapHostnames(this ConsolePages pages, string page, string hostnames) =>
        pages.Page<HostnamesPage>(
            page,
            new ConsoleAction(page, hostnames, FormField.Required("name")),
            new ConsoleAction($"{page}/{{name}}/check", $"{hostnames}/{{name}}/check") { IsBodyless = true },
            new ConsoleAction($"{page}/{{name}}/remove", $"{hostnames}/{{name}}")
            {
                Method = HttpMethods.Delete,
                IsBodyless = true,
            }
        );

    private static void MapClientAuthorities(this ConsolePages pages, string page, string authorities) =>
        pages.Page<ClientAuthoritiesPage>(
            page,
            new ConsoleAction(
                page,
                authorities,
                FormField.Required("ca_certificate_pem"),
                FormField.Lines("identities")
            ),
            new ConsoleAction(
                $"{page}/{{authority_id}}/archive",
                $"{authorities}/{{authority_id}}/archive",
                FormField.Why(ConsolePages.Reason)
            )
        );

    private static void MapApprovals(this ConsolePages pages, string approval)
    {
        const string page = "/console/approvals";
        const string decision = $"{page}/{{tunnel_id}}/{{approval_id}}";
        pages.Page<ApprovalsPage>(
            FilteredPage.Approvals,
            new ConsoleAction($"{decision}/approve", $"{approval}/approve", FormField.Text(ConsolePages.Reason)),
            new ConsoleAction($"{decision}/reject", $"{approval}/reject", FormField.Why(ConsolePages.Reason))
        );
    }
}
