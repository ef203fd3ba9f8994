using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

/// <summary><c>culvert status</c>: one screen that says whether calls get through, and what is missing.</summary>
internal static class StatusCommand
{
    public static Command Create(VerbFactory verbs) =>
        verbs.Create("status", "whether every tunnel carries calls now; exit code 2 if one does not", RunAsync);

    private static async Task<CommandResult> RunAsync(CommandContext context, CancellationToken cancel)
    {
        var client = await context.ClientAsync(cancel);
        var organization = (await client.GetAsync(OrganizationCommands.CurrentPath, cancel)).Json;
        var tunnels = new JsonArray();
        await foreach (var tunnel in NameResolver.AllAsync(client, Noun.Tunnel.Path, cancel))
        {
            var status = (await client.GetAsync($"{Noun.Tunnel.PathOf(tunnel.Text("id") ?? "")}/status", cancel)).Json;
            status["display_name"] = tunnel["display_name"]?.DeepClone();
            tunnels.Add((JsonNode)status.DeepClone());
        }

        var ready = tunnels.All(IsReady);
        var result = new JsonObject
        {
            ["type"] = "status",
            ["url"] = context.Settings.Url.ToString().TrimEnd('/'),
            ["organization"] = organization.DeepClone(),
            ["ready"] = ready,
            ["tunnels"] = tunnels,
        };
        return CommandResult.Object(result) with
        {
            Plain = Screen(result),
            ExitCode = ready ? ExitCode.Done : ExitCode.CheckFailed,
        };
    }

    private static string Screen(JsonObject result)
    {
        var organization = result["organization"];
        var text = new StringBuilder();
        text.Append(result.Text("url"))
            .Append("  ")
            .Append(CellText.Safe(organization.Text("name") ?? "-"))
            .Append(CultureInfo.InvariantCulture, $" ({organization.Text("id")})\n");
        foreach (var tunnel in (JsonArray)result["tunnels"]!)
        {
            text.Append(IsReady(tunnel) ? "ready      " : "NOT READY  ")
                .Append(CellText.Safe(tunnel.Text("display_name") ?? "-"))
                .Append(CultureInfo.InvariantCulture, $"  {tunnel.Text("tunnel_id")}  {tunnel.Text("domain")}\n")
                .Append(CultureInfo.InvariantCulture, $"           agents {Of(tunnel, "agents_live")} live of ")
                .Append(CultureInfo.InvariantCulture, $"{Of(tunnel, "agents_enrolled")}, ")
                .Append(CultureInfo.InvariantCulture, $"certificates {Of(tunnel, "certificates")}, edges ")
                .Append(Edges(tunnel))
                .Append('\n');
            if (!IsReady(tunnel))
            {
                text.Append(CultureInfo.InvariantCulture, $"           missing: {Of(tunnel, "problems")}\n");
            }
        }

        return text.ToString();
    }

    private static bool IsReady(JsonNode? tunnel) => tunnel?["ready"] is JsonValue v && v.TryGetValue(out bool b) && b;

    private static string Of(JsonNode? tunnel, string member) => CellText.Of(tunnel?[member]);

    private static string Edges(JsonNode? tunnel)
    {
        var edges = (tunnel?["edges"] as JsonArray ?? []).Select(edge =>
            $"{CellText.Of(edge?["name"])} ({CellText.Of(edge?["agent_connections"])} agent connections)"
        );
        return string.Join(", ", edges.DefaultIfEmpty("-"));
    }
}
