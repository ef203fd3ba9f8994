using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

/// <summary><c>culvert status</c>: shows the state that the service has determined, on one screen.</summary>
internal static class StatusCommand
{
    private const string Path = "/v1/status";

    // The largest page of tunnels; all other checks are on the first page.
    private const string PageSize = "100";

    // In ascending severity.
    private static readonly string[] States = ["ok", "warning", "unknown", "problem"];

    public static Command Create(VerbFactory verbs)
    {
        var strict = new Option<bool>("--strict") { Description = "exit code 2 for warnings too" };
        return verbs.Create(
            "status",
            "whether everything works that you may see, and what waits for a person; exit code 2 if something does not work or is not known",
            (context, cancel) => RunAsync(context, context.Get(strict), cancel),
            [strict, .. WatchFlags.Create()]
        );
    }

    private static async Task<CommandResult> RunAsync(CommandContext context, bool isStrict, CancellationToken cancel)
    {
        var client = await context.ClientAsync(cancel);
        var result = (await client.GetAsync(new Query().Add("limit", PageSize).On(Path), cancel)).Json;
        for (var page = result.Text("next_page"); page is not null; )
        {
            var more = (
                await client.GetAsync(new Query().Add("limit", PageSize).Add("page", page).On(Path), cancel)
            ).Json;
            foreach (var list in new[] { "checks", "tunnels" })
            {
                // A line in state ok of a further page describes only that page.
                foreach (var item in Items(more, list).Where(item => item.Text("check") is null || Rank(item) > 0))
                {
                    ((JsonArray)result[list]!).Add(item.DeepClone());
                }
            }

            page = more.Text("next_page");
        }

        result.Remove("next_page");
        var worst = Items(result, "checks").Select(Rank).DefaultIfEmpty(0).Max();
        result["state"] = States[worst];
        result["url"] = context.Settings.Url.ToString().TrimEnd('/');
        result["ready"] = !Items(result, "tunnels").Any(TunnelState.IsFailing);
        return CommandResult.Object(result) with
        {
            Plain = Screen(result),
            ExitCode = worst >= (isStrict ? 1 : 2) ? ExitCode.CheckFailed : ExitCode.Done,
        };
    }

    // A state that this version does not know is never treated as good.
    private static int Rank(JsonNode? line) =>
        Array.IndexOf(States, line.Text("state")) is var rank and >= 0 ? rank : States.Length - 1;

    private static IEnumerable<JsonNode> Items(JsonObject result, string list) =>
        (result[list] as JsonArray ?? []).OfType<JsonNode>();

    private static string Screen(JsonObject result)
    {
        var text = new StringBuilder();
        text.Append(result.Text("url"))
            .Append("  ")
            .Append(CellText.Safe(result.Text("organization_name") ?? "-"))
            .Append(CultureInfo.InvariantCulture, $" ({result.Text("organization_id")}): {result.Text("state")}\n");
        foreach (var line in Items(result, "checks").OrderByDescending(Rank))
        {
            text.Append(Label(line).PadRight(9))
                .Append((line.Text("check") ?? "-").PadRight(17))
                .Append(CellText.Safe(line.Text("summary") ?? "-"))
                .Append('\n');
            if (line.Text("next") is { Length: > 0 } next)
            {
                text.Append(' ', 26).Append("next: ").Append(CellText.Safe(next)).Append('\n');
            }
        }

        foreach (var tunnel in Items(result, "tunnels"))
        {
            Append(text, tunnel);
        }

        var hidden = string.Join(", ", (result["not_shown"] as JsonArray ?? []).Select(name => name?.ToString()));
        if (hidden.Length > 0)
        {
            text.Append("Not shown to your credential: ").Append(CellText.Safe(hidden)).Append('\n');
        }

        return text.ToString();
    }

    private static string Label(JsonNode line) =>
        Rank(line) switch
        {
            0 => "ok",
            1 => "warning",
            2 => "UNKNOWN",
            _ => "PROBLEM",
        };

    private static void Append(StringBuilder text, JsonNode tunnel)
    {
        text.Append(TunnelState.Describe(tunnel).PadRight(11))
            .Append(CellText.Safe(tunnel.Text("display_name") ?? "-"))
            .Append(CultureInfo.InvariantCulture, $"  {tunnel.Text("tunnel_id")}  {tunnel.Text("domain")}\n")
            .Append(CultureInfo.InvariantCulture, $"           agents {FormatCell(tunnel, "agents_connected")} of ")
            .Append(CultureInfo.InvariantCulture, $"{FormatCell(tunnel, "agents_enrolled")} connected to an edge, ")
            .Append(CultureInfo.InvariantCulture, $"certificates {FormatCell(tunnel, "certificates")}, edges ")
            .Append(Edges(tunnel))
            .Append('\n');
        foreach (var route in (tunnel["routes"] as JsonArray ?? []).Where(IsUnhealthy))
        {
            text.Append("           route ")
                .Append(CellText.Safe(route.Text("name") ?? "-"))
                .Append(": no healthy upstream: ")
                .Append(CellText.Safe(route.Text("detail") ?? "-"))
                .Append('\n');
        }

        if (tunnel["problems"] is JsonArray { Count: > 0 })
        {
            text.Append(CultureInfo.InvariantCulture, $"           missing: {FormatCell(tunnel, "problems")}\n");
        }
    }

    private static bool IsUnhealthy(JsonNode? route) =>
        route?["upstream_healthy"] is JsonValue v && v.TryGetValue(out bool isHealthy) && !isHealthy;

    private static string OtherPort(JsonNode? tunnel, JsonNode? edge) =>
        Number(tunnel, "public_port") is { } port && Number(edge, "public_port") is { } told && told != port
            ? $", its public port is {told} and the tunnel's {port}"
            : "";

    private static long? Number(JsonNode? tunnel, string member) =>
        tunnel?[member] is JsonValue value && value.TryGetValue(out long number) ? number : null;

    private static string FormatCell(JsonNode? tunnel, string member) => CellText.Format(tunnel?[member]);

    private static string Edges(JsonNode? tunnel)
    {
        var all = tunnel?["edges"] as JsonArray ?? [];
        var edges = all.Select(edge =>
            edge.Text("state") is null or "live"
                ? $"{CellText.Format(edge?["name"])} ({CellText.Format(edge?["agent_connections"])} agent connections{OtherPort(tunnel, edge)})"
                : $"{CellText.Format(edge?["name"])} ({CellText.Format(edge?["state"])})"
        );
        var assigned = all.Count(edge => edge?["assigned"]?.GetValue<bool>() != false);
        var serving = Number(tunnel, "edges_serving") is { } count ? $"{count} of {assigned} serving: " : "";
        return serving + string.Join(", ", edges.DefaultIfEmpty("-"));
    }
}
