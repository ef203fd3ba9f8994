using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

internal static class EdgeCommands
{
    public static Command Create(VerbFactory verbs) =>
        VerbFactory.Group(
            "edge",
            "edges: blind relays between clients and agents",
            Add(verbs),
            List(verbs),
            CommonVerbs.Show(verbs, Noun.Edge),
            CommonVerbs.Change(
                verbs,
                Noun.Edge,
                "drain",
                "move its agents and clients to other edges; it accepts no new ones until it is resumed"
            ),
            CommonVerbs.Change(verbs, Noun.Edge, "resume", "resume a drained edge"),
            CommonVerbs.Archive(verbs, Noun.Edge, "its certificate is revoked and agents leave it")
        );

    private static Command Add(VerbFactory verbs)
    {
        var name = Flags.Name();
        var addresses = Flags.Many("--address", "HOST:PORT", "where agents dial it");
        addresses.Required = true;
        var dnsNames = Flags.Many("--dns-name", "NAME", "DNS name for its certificate");
        return verbs.Create(
            "create",
            "register an edge",
            async (context, cancel) =>
            {
                var body = new JsonObject
                {
                    ["name"] = context.Get(name),
                    ["addresses"] = WireJson.ToJsonArray(context.Get(addresses)!),
                    ["dns_names"] = WireJson.ToJsonArray(context.Get(dnsNames) ?? []),
                };
                var client = await context.ClientAsync(cancel);
                return CommandResult.Object(await client.PostAsync(Noun.Edge.Path, body, cancel));
            },
            name,
            addresses,
            dnsNames
        );
    }

    private static Command List(VerbFactory verbs)
    {
        var flags = new ListFlags();
        return verbs.Create(
            "list",
            "list edges, newest first",
            (context, cancel) =>
                flags.RunAsync(
                    context,
                    Noun.Edge.Path,
                    new Query(),
                    [
                        new("ID", "id", Fit.Whole),
                        new("NAME", "name", Fit.Whole),
                        new("ADDRESSES", "addresses", Fit.Wrap),
                        new("PUBLIC PORT", "public_port"),
                        new("DRAINING", "draining_at", Fit.Whole),
                        new("CREATED", "created_at"),
                        new("ARCHIVED", "archived_at", Fit.Whole),
                    ],
                    cancel
                ),
            flags.Options
        );
    }
}
