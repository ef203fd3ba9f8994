using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

/// <summary><c>culvert dns export</c> and <c>culvert tunnel dns</c>: records that lead clients to the edges.</summary>
internal static class DnsCommands
{
    /// <summary>No public CA may certify the names: clients trust the tunnel's own bundle (RFC 8659 §4.2).</summary>
    private const string NobodyIssues = "0 issue \";\"";

    public static Command Create(VerbFactory verbs) => VerbFactory.Group("dns", "records to publish", Export(verbs));

    /// <summary>Of one tunnel.</summary>
    public static Command OfTunnel(VerbFactory verbs)
    {
        var id = Flags.Id("tunnel");
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
        var targets = context.Get(target) is { Length: > 0 } given ? given : await EdgesAsync(client, cancel);
        var value = context.Get(caa) ?? NobodyIssues;
        var domains = tunnels.Select(tunnel => tunnel.Text("domain")).OfType<string>().ToArray();
        IReadOnlyList<DnsRecord> records =
        [
            .. DnsZone.Of(domains, targets, value == "none" ? null : value),
            .. DnsZone.OfHostnames(await HostnamesAsync(client, tunnels, cancel)),
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

    private static async Task<IReadOnlyList<JsonObject>> HostnamesAsync(
        ManagementClient client,
        IReadOnlyList<JsonObject> tunnels,
        CancellationToken cancel
    )
    {
        var names = new List<JsonObject>();
        foreach (var id in tunnels.Select(tunnel => tunnel.Text("id")).OfType<string>())
        {
            await foreach (var name in NameResolver.AllAsync(client, $"{Noun.Tunnel.Path}/{id}/hostnames", cancel))
            {
                names.Add(name);
            }
        }

        return names;
    }

    /// <summary>Those that serve; one that drains gets no new clients by name either.</summary>
    private static async Task<IReadOnlyList<string>> EdgesAsync(ManagementClient client, CancellationToken cancel)
    {
        var addresses = new List<string>();
        await foreach (var edge in NameResolver.AllAsync(client, Noun.Edge.Path, cancel))
        {
            if (edge.Text("draining_at") is null && edge["addresses"] is JsonArray own)
            {
                addresses.AddRange(own.Select(address => address!.GetValue<string>()));
            }
        }

        return DnsZone.Targets(addresses);
    }

    private static Option<string[]> Target() =>
        Flags.Many("--target", "NAME|ADDRESS", "where clients go instead of the edges' own addresses: a balancer");

    private static Option<string?> Caa() =>
        Flags.Text("--caa", "VALUE|none", "the CAA record (default: no public CA may issue)");
}
