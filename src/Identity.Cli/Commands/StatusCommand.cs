using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

/// <summary>
/// <c>culvert status</c>: one screen that says whether calls get through, what is missing, and which authorities need
/// an operator's attention.
/// </summary>
internal static class StatusCommand
{
    // The first of the service's notices by default: time enough to have a successor signed.
    private static readonly TimeSpan Soon = TimeSpan.FromDays(45);

    // States in which an operator has to act; in the others an authority works, waits for the service, or is over.
    private static readonly string[] Waiting =
    [
        "csr_issued",
        "cert_uploaded",
        "verified",
        "rejected",
        "suspended",
        "tainted",
    ];

    private static readonly string[] Over = ["retiring", "retired", "expired", "deleted"];

    public static Command Create(VerbFactory verbs) =>
        verbs.Create(
            "status",
            "whether every tunnel carries calls now; exit code 2 if one does not",
            RunAsync,
            WatchFlags.Create()
        );

    private static async Task<CommandResult> RunAsync(CommandContext context, CancellationToken cancel)
    {
        var client = await context.ClientAsync(cancel);
        var organization = (await client.GetAsync(ManagementClient.OrganizationPath, cancel)).Json;
        var tunnels = new JsonArray();
        await foreach (var tunnel in NameResolver.AllAsync(client, Noun.Tunnel.Path, cancel))
        {
            var status = (await client.GetAsync($"{Noun.Tunnel.GetPath(tunnel.Text("id") ?? "")}/status", cancel)).Json;
            status["display_name"] = tunnel["display_name"]?.DeepClone();
            tunnels.Add((JsonNode)status.DeepClone());
        }

        var (authorities, approval) = await AuthoritiesAsync(context, cancel);
        var ready = !tunnels.Any(tunnel => TunnelState.IsFailing(tunnel));
        var result = new JsonObject
        {
            ["type"] = "status",
            ["url"] = context.Settings.Url.ToString().TrimEnd('/'),
            ["organization"] = organization.DeepClone(),
            ["ready"] = ready,
            ["tunnels"] = tunnels,
            ["approval"] = approval,
            ["authorities"] = authorities,
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
            text.Append(TunnelState.Describe(tunnel).PadRight(11))
                .Append(CellText.Safe(tunnel.Text("display_name") ?? "-"))
                .Append(CultureInfo.InvariantCulture, $"  {tunnel.Text("tunnel_id")}  {tunnel.Text("domain")}\n")
                .Append(
                    CultureInfo.InvariantCulture,
                    $"           agents {FormatCell(tunnel, "agents_live")} connected of "
                )
                .Append(CultureInfo.InvariantCulture, $"{FormatCell(tunnel, "agents_enrolled")}, ")
                .Append(CultureInfo.InvariantCulture, $"certificates {FormatCell(tunnel, "certificates")}, edges ")
                .Append(Edges(tunnel))
                .Append('\n');
            foreach (var route in (tunnel?["routes"] as JsonArray ?? []).Where(IsUnhealthy))
            {
                text.Append("           route ")
                    .Append(CellText.Safe(route.Text("name") ?? "-"))
                    .Append(": no healthy upstream: ")
                    .Append(CellText.Safe(route.Text("detail") ?? "-"))
                    .Append('\n');
            }

            if (tunnel?["problems"] is JsonArray { Count: > 0 })
            {
                text.Append(CultureInfo.InvariantCulture, $"           missing: {FormatCell(tunnel, "problems")}\n");
            }
        }

        if (Nodes(result) is { } nodes)
        {
            text.Append(nodes);
        }

        if (result.Text("approval") == "single")
        {
            text.Append("CAs are approved by one person (certificates.approval: single)\n");
        }

        foreach (var authority in result["authorities"] as JsonArray ?? [])
        {
            text.Append("CA         ")
                .Append(CellText.Safe(authority.Text("name") ?? "-"))
                .Append(CultureInfo.InvariantCulture, $"  {authority.Text("id")}  {authority.Text("state")}")
                .Append(CultureInfo.InvariantCulture, $", until {FormatCell(authority, "not_after")}: ")
                .Append(CultureInfo.InvariantCulture, $"culvert ca status {authority.Text("id")}\n");
        }

        return text.ToString();
    }

    // A caller that may not read them still sees its tunnels.
    private static async Task<(JsonArray? Attention, string? Approval)> AuthoritiesAsync(
        CommandContext context,
        CancellationToken cancel
    )
    {
        var client = await context.ClientAsync(cancel);
        var attention = new JsonArray();
        string? approval = null;
        try
        {
            await foreach (var authority in NameResolver.AllAsync(client, Noun.Ca.Path, cancel))
            {
                approval ??= authority.Text("approval");
                if (WantsAttention(authority, context.Host.Time.GetUtcNow()))
                {
                    attention.Add((JsonNode)authority.DeepClone());
                }
            }
        }
        catch (CommandFailure failure) when (failure.ExitCode == ExitCode.Refused)
        {
            return (null, null);
        }

        return (attention, approval);
    }

    private static bool WantsAttention(JsonObject authority, DateTimeOffset now)
    {
        var state = authority.Text("state");
        return !Over.Contains(state)
            && (
                Waiting.Contains(state)
                || (
                    DateTimeOffset.TryParse(
                        authority.Text("not_after"),
                        CultureInfo.InvariantCulture,
                        DateTimeStyles.AssumeUniversal,
                        out var end
                    )
                    && end - now < Soon
                )
            );
    }

    private static bool IsUnhealthy(JsonNode? route) =>
        route?["upstream_healthy"] is JsonValue v && v.TryGetValue(out bool isHealthy) && !isHealthy;

    // Said only where one is missing: that calls get through does not show it.
    private static string? Nodes(JsonObject result) =>
        ((JsonArray)result["tunnels"]!).FirstOrDefault() is { } any
        && Number(any, "service_nodes_live") is { } live
        && Number(any, "service_nodes") is { } known
        && live < known
            ? $"{live} of {known} service nodes run\n"
            : null;

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
