using System.Text.Json;
using Culvert.Identity.Service.Console.Pages;
using Culvert.Identity.Service.Console.Shared;
using Culvert.Identity.Service.Servers.Policies;

namespace Culvert.Identity.Service.Console;

/// <summary>The console's pages of call policies: all policies of a tunnel, one policy, one version of it.</summary>
internal static class PolicyPages
{
    private const string List = "/console/tunnels/{tunnel_id}/policies";

    /// <summary>Returns the path of the page of a version, from the API's answer about that version.</summary>
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
                PolicyOperations.RollBack,
                FormField.Required("hostname"),
                FormField.Why(ConsolePages.Reason)
            )
        );
        pages.Page<PolicyVersionPage>(
            version,
            new ConsoleAction(
                $"{version}/approve",
                PolicyOperations.Approve,
                FormField.Required("replaces"),
                FormField.Text(ConsolePages.Reason)
            ),
            new ConsoleAction($"{version}/reject", PolicyOperations.Reject, FormField.Why(ConsolePages.Reason)),
            new ConsoleAction($"{version}/withdraw", PolicyOperations.Withdraw, FormField.Text(ConsolePages.Reason))
        );
    }

    private static ConsoleAction Draft(string path) =>
        new(
            path,
            PolicyOperations.Draft,
            FormField.Required("hostname"),
            FormField.Verbatim("text"),
            FormField.Text("comment")
        )
        {
            Next = GetPath,
        };
}
