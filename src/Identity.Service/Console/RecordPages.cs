using Culvert.Identity.Service.Admin;
using Culvert.Identity.Service.Console.Filters;
using Culvert.Identity.Service.Console.Pages;
using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.Tunnels.Edges;
using Culvert.Identity.Service.Webhooks;

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
            new ConsoleAction($"{jobs}/{{job}}/run", JobOperations.Run) { IsBodyless = true },
            new ConsoleAction($"{jobs}/{{job}}/pause", JobOperations.Pause, FormField.Why(ConsolePages.Reason)),
            new ConsoleAction($"{jobs}/{{job}}/resume", JobOperations.Resume) { IsBodyless = true }
        );
        pages.MapWebhooks();
        pages.MapEdges();
        pages.MapOrganizations();
        pages.Page<SettingsPage>(
            "/console/settings",
            new ConsoleAction(
                "/console/settings/admin-keys/{admin_key_id}/revoke",
                AdminOperations.RevokeKey,
                FormField.Why(ConsolePages.Reason)
            )
        );
    }

    private static void MapWebhooks(this ConsolePages pages)
    {
        const string list = "/console/webhooks";
        const string page = $"{list}/{{webhook_id}}";
        pages.Page<WebhooksPage>(
            list,
            new ConsoleAction(
                list,
                WebhookOperations.Create,
                FormField.Required("url"),
                FormField.LinesIfAny("allowed_targets"),
                FormField.Text("ca_certificate_pem"),
                FormField.Flag("can_decide"),
                FormField.Text("format"),
                FormField.Text("audience")
            )
            {
                ShowsResult = true,
            }
        );
        pages.Page<WebhookPage>(
            page,
            new ConsoleAction($"{page}/test", WebhookOperations.Test) { IsBodyless = true },
            new ConsoleAction($"{page}/archive", WebhookOperations.Archive) { IsBodyless = true }
        );
    }

    private static void MapEdges(this ConsolePages pages)
    {
        const string list = "/console/edges";
        const string page = $"{list}/{{edge_id}}";
        pages.Page<EdgesPage>(
            list,
            new ConsoleAction(
                list,
                EdgeOperations.Create,
                FormField.Required("name"),
                FormField.Lines("addresses"),
                FormField.LinesIfAny("dns_names")
            )
            {
                Next = made => ConsolePages.ToPath("edges", made),
            },
            new ConsoleAction($"{page}/drain", EdgeOperations.Drain, FormField.Why(ConsolePages.Reason)),
            new ConsoleAction($"{page}/resume", EdgeOperations.Resume, FormField.Text(ConsolePages.Reason)),
            new ConsoleAction($"{page}/archive", EdgeOperations.Archive, FormField.Why(ConsolePages.Reason))
        );
        pages.Page<EdgePage>(page);
    }

    private static void MapOrganizations(this ConsolePages pages)
    {
        const string list = "/console/organizations";
        pages.Page<OrganizationsPage>(
            list,
            new ConsoleAction(list, AdminOperations.CreateOrganization, FormField.Required("name"))
            {
                ShowsResult = true,
            },
            new ConsoleAction($"{list}/{{organization}}/archive", AdminOperations.ArchiveOrganization)
            {
                IsBodyless = true,
            }
        );
    }
}
