using Culvert.Identity.Service.Console.Pages;

namespace Culvert.Identity.Service.Console;

/// <summary>What happened, what runs, and settings.</summary>
internal static class RecordPages
{
    public static void MapRecords(this ConsolePages pages)
    {
        pages.Page<HistoryPage>("/console/history");
        pages.Page<ExplainPage>("/console/history/{request_id}");
        pages.Page<AuditPage>("/console/audit");
        const string jobs = "/console/jobs";
        pages.Page<JobsPage>(
            jobs,
            new ConsoleAction($"{jobs}/{{job}}/run", "/v1/jobs/{job}/run") { IsBodyless = true },
            new ConsoleAction($"{jobs}/{{job}}/pause", "/v1/jobs/{job}/pause", FormField.Why(ConsolePages.Reason)),
            new ConsoleAction($"{jobs}/{{job}}/resume", "/v1/jobs/{job}/resume") { IsBodyless = true }
        );
        pages.Page<SettingsPage>(
            "/console/settings",
            new ConsoleAction(
                "/console/settings/admin-keys/{admin_key_id}/revoke",
                "/v1/admin_keys/{admin_key_id}/revoke",
                FormField.Why(ConsolePages.Reason)
            )
        );
    }
}
