using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

/// <summary><c>culvert dns export</c> and <c>culvert tunnel dns</c>: DNS records that point clients to the edges.</summary>
internal static class DnsCommands
{
    /// <summary>No public CA may issue for the names: clients trust the tunnel's own bundle (RFC 8659 §4.2).</summary>
    private const string NobodyIssues = "0 issue \";\"";

    public static Command Create(VerbFactory verbs) => VerbFactory.Group("dns", "records to publish", Export(verbs));

    public static Command OfTunnel(VerbFactory verbs)
    {
        var id = Flags.Id(Noun.Tunnel);
        var (target, caa) = (Target(), Caa());
        return verbs.Create(
            "dns",
            "the records to publish for a tunnel, as lines of a zone file",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var path = await context.PathAsync(Noun.Tunnel, context.Get(id), cancel);
                var tunnel = (await client.GetAsync(path, cancel)).Json;
                return await ResultAsync(context, client, [tunnel], target, caa, cancel);
            },
            id,
            target,
            caa
        );
    }

    private static Command Export(VerbFactory verbs)
    {
        var (target, caa) = (Target(), Caa());
        return verbs.Create(
            "export",
            "the records to publish for every tunnel, as lines of a zone file",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var tunnels = new List<JsonObject>();
                await foreach (var tunnel in NameResolver.AllAsync(client, Noun.Tunnel.Path, cancel))
                {
                    tunnels.Add(tunnel);
                }

                return await ResultAsync(context, client, tunnels, target, caa, cancel);
            },
            target,
            caa
        );
    }

    private static async Task<CommandResult> ResultAsync(
        CommandContext context,
        ManagementClient client,
        IReadOnlyList<JsonObject> tunnels,
        Option<string[]> target,
        Option<string?> caa,
        CancellationToken cancel
    )
    {
        var targets = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        var value = context.Get(caa) ?? NobodyIssues;
        var wantsCaa = value != "none";
        var (hostnames, names) = (new List<JsonObject>(), new List<PublicName>());
        foreach (var tunnel in tunnels.Where(tunnel => tunnel.Text("id") is not null))
        {
            if (tunnel.Text("domain") is { } served)
            {
                targets[served] = context.Get(target) is { Length: > 0 } given
                    ? given
                    : await EdgesAsync(client, tunnel, cancel);
            }

            var own = await ListAsync(client, $"{Noun.Tunnel.Path}/{tunnel.Text("id")}/hostnames", cancel);
            hostnames.AddRange(own);
            if (wantsCaa && tunnel.Text("domain") is { } domain)
            {
                var agents = await client.GetAsync($"{Noun.Tunnel.Path}/{tunnel.Text("id")}/agents", cancel);
                var custom = own.Select(hostname => hostname.Text("name")).OfType<string>().ToHashSet();
                names.AddRange(
                    PublicNames.FindAll(domain, custom, (agents.Json["data"] as JsonArray ?? []).OfType<JsonObject>())
                );
            }
        }

        IReadOnlyList<DnsRecord> records =
        [
            .. DnsZone.CreateRecords(targets, wantsCaa ? value : null, names),
            .. DnsZone.OfHostnames(hostnames, names),
        ];
        var json = new JsonObject
        {
            ["data"] = new JsonArray([
                .. records.Select(record => new JsonObject
                {
                    ["name"] = record.Name,
                    ["type"] = record.Type,
                    ["value"] = record.Value,
                    ["ttl"] = DnsRecord.TimeToLive,
                }),
            ]),
            ["next_page"] = null,
        };
        return CommandResult.Object(json) with { Plain = string.Join('\n', records) };
    }

    private static async Task<IReadOnlyList<JsonObject>> ListAsync(
        ManagementClient client,
        string path,
        CancellationToken cancel
    )
    {
        var all = new List<JsonObject>();
        await foreach (var one in NameResolver.AllAsync(client, path, cancel))
        {
            all.Add(one);
        }

        return all;
    }

    /// <summary>The tunnel's edges without draining ones, which get no new clients.</summary>
    private static async Task<IReadOnlyList<string>> EdgesAsync(
        ManagementClient client,
        JsonObject tunnel,
        CancellationToken cancel
    )
    {
        var status = (await client.GetAsync($"{Noun.Tunnel.GetPath(tunnel.Text("id") ?? "")}/status", cancel)).Json;
        return DnsZone.Targets(
            (status["edges"] as JsonArray ?? [])
                .OfType<JsonObject>()
                .Where(edge => Is(edge, "assigned") && !Is(edge, "draining"))
                .SelectMany(edge => edge["addresses"] as JsonArray ?? [])
                .Select(address => address!.GetValue<string>())
        );

        static bool Is(JsonObject edge, string member) =>
            edge[member] is JsonValue value && value.TryGetValue(out bool flag) && flag;
    }

    private static Option<string[]> Target() =>
        Flags.Many("--target", "NAME|ADDRESS", "where clients go instead of the edges' own addresses: a balancer");

    private static Option<string?> Caa() =>
        Flags.Text(
            "--caa",
            "VALUE|none",
            "the CAA record if no agent has an account at a public CA (default: no CA may issue)"
        );
}
