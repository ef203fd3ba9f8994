using System.Text.Json;
using Culvert.Identity.Service.Console.Pages;
using Culvert.Identity.Service.Console.Shared;

namespace Culvert.Identity.Service.Console;

internal static class PolicyPages
{
    private const string List = "/console/tunnels/{tunnel_id}/policies";
    private const string Policies = "/v1/tunnels/{tunnel_id}/policies";

    /// <summary>The page of a drafted version.</summary>
    public static string GetPath(JsonElement version) =>
        GetPath(version.Text("tunnel_id") ?? "", version.Text("hostname") ?? "", version.Text("id") ?? "");

    public static string GetPath(string tunnelId, params string[] rest) =>
        string.Join(
            '/',
            [$"/console/tunnels/{Uri.EscapeDataString(tunnelId)}/policies", .. rest.Select(Uri.EscapeDataString)]
        );

    public static IReadOnlyList<JsonElement> GetErrors(JsonElement version) => version.Items("faults");

    public static void MapPolicies(this ConsolePages pages)
    {
        const string page = $"{List}/{{hostname}}";
        const string version = $"{page}/{{policy_id}}";
        pages.Page<PoliciesPage>(List, Draft(List));
        pages.Page<PolicyPage>(
            page,
            Draft($"{page}/draft"),
            new ConsoleAction(
                $"{page}/rollback",
                $"{Policies}/rollback",
                FormField.Required("hostname"),
                FormField.Why(ConsolePages.Reason)
            )
        );
        pages.Page<PolicyVersionPage>(
            version,
            new ConsoleAction(
                $"{version}/approve",
                $"{Policies}/{{policy_id}}/approve",
                FormField.Required("replaces"),
                FormField.Text(ConsolePages.Reason)
            ),
            new ConsoleAction(
                $"{version}/reject",
                $"{Policies}/{{policy_id}}/reject",
                FormField.Why(ConsolePages.Reason)
            ),
            new ConsoleAction(
                $"{version}/withdraw",
                $"{Policies}/{{policy_id}}/withdraw",
                FormField.Text(ConsolePages.Reason)
            )
        );
    }

    private static ConsoleAction Draft(string path) =>
        new(path, Policies, FormField.Required("hostname"), FormField.Verbatim("text"), FormField.Text("comment"))
        {
            Next = GetPath,
        };
}
