using Culvert.Identity.Service.Console.Filters;
using Culvert.Identity.Service.Console.Pages;

namespace Culvert.Identity.Service.Console;

internal static class RecordPages
{
    public static void MapRecords(this ConsolePages pages)
    {
        pages.Page<SearchPage>(ConsoleEndpoints.SearchPath);
        pages.Page<HistoryPage>(FilteredPage.History);
        pages.Page<ExplainPage>("/console/history/{request_id}");
        pages.Page<AuditPage>(FilteredPage.Audit);
        const string jobs = "/console/jobs";
        pages.Page<JobsPage>(
            jobs,
            new ConsoleAction($"{jobs}/{{job}}/run", "/v1/jobs/{job}/run") { IsBodyless = true },
            new ConsoleAction($"{jobs}/{{job}}/pause", "/v1/jobs/{job}/pause", FormField.Why(ConsolePages.Reason)),
            new ConsoleAction($"{jobs}/{{job}}/resume", "/v1/jobs/{job}/resume") { IsBodyless = true }
        );
        pages.MapWebhooks("/v1/webhooks");
        pages.MapEdges("/v1/edges");
        pages.MapOrganizations("/v1/organizations");
        pages.Page<SettingsPage>(
            "/console/settings",
            new ConsoleAction(
                "/console/settings/admin-keys/{admin_key_id}/revoke",
                "/v1/admin_keys/{admin_key_id}/revoke",
                FormField.Why(ConsolePages.Reason)
            )
        );
    }

    private static void MapWebhooks(this ConsolePages pages, string webhooks)
    {
        const string list = "/console/webhooks";
        const string page = $"{list}/{{webhook_id}}";
        var webhook = $"{webhooks}/{{webhook_id}}";
        pages.Page<WebhooksPage>(
            list,
            new ConsoleAction(
                list,
                webhooks,
                FormField.Required("url"),
                FormField.LinesIfAny("allowed_targets"),
                FormField.Text("ca_certificate_pem"),
                FormField.Flag("can_decide")
            )
            {
                ShowsResult = true,
            }
        );
        pages.Page<WebhookPage>(
            page,
            new ConsoleAction($"{page}/test", $"{webhook}/test") { IsBodyless = true },
            new ConsoleAction($"{page}/archive", $"{webhook}/archive") { IsBodyless = true }
        );
    }

    private static void MapEdges(this ConsolePages pages, string edges)
    {
        const string list = "/console/edges";
        const string page = $"{list}/{{edge_id}}";
        var edge = $"{edges}/{{edge_id}}";
        pages.Page<EdgesPage>(
            list,
            new ConsoleAction(
                list,
                edges,
                FormField.Required("name"),
                FormField.Lines("addresses"),
                FormField.LinesIfAny("dns_names")
            )
            {
                Next = made => ConsolePages.ToPath("edges", made),
            },
            new ConsoleAction($"{page}/drain", $"{edge}/drain", FormField.Why(ConsolePages.Reason)),
            new ConsoleAction($"{page}/resume", $"{edge}/resume", FormField.Text(ConsolePages.Reason)),
            new ConsoleAction($"{page}/archive", $"{edge}/archive", FormField.Why(ConsolePages.Reason))
        );
        pages.Page<EdgePage>(page);
    }

    private static void MapOrganizations(this ConsolePages pages, string organizations)
    {
        const string list = "/console/organizations";
        pages.Page<OrganizationsPage>(
            list,
            new ConsoleAction(list, organizations, FormField.Required("name")) { ShowsResult = true },
            new ConsoleAction($"{list}/{{organization}}/archive", $"{organizations}/{{organization}}/archive")
            {
                IsBodyless = true,
            }
        );
    }
}
