using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

/// <summary><c>culvert tunnel</c>.</summary>
internal static class TunnelCommands
{
    private const string Readiness = "readiness";

    // A request each.
    private const int MaxReadiness = 100;

    public static Command Create(VerbFactory verbs) =>
        VerbFactory.Group(
            "tunnel",
            "tunnels: a domain, its agents and its client access",
            Add(verbs),
            List(verbs),
            CommonVerbs.Show(verbs, Noun.Tunnel),
            Update(verbs),
            CommonVerbs.Archive(
                verbs,
                Noun.Tunnel,
                "its certificates are archived, its token is revoked, its domain is never assigned again"
            ),
            CommonVerbs.Change(
                verbs,
                Noun.Tunnel,
                "pause",
                "refuse its clients and disconnect current ones; agents stay connected"
            ),
            CommonVerbs.Change(verbs, Noun.Tunnel, "resume", "accept clients again"),
            Status(verbs),
            Inventory(verbs),
            DnsCommands.OfTunnel(verbs),
            HostnameCommands.Create(verbs),
            ClientCaCommands.Create(verbs),
            TrustBundle(verbs),
            TunnelTokenCommands.Create(verbs),
            TunnelCertCommands.Create(verbs)
        );

    private static Command Add(VerbFactory verbs)
    {
        var name = Flags.Name();
        return verbs.Create(
            "create",
            "create a tunnel; the service assigns its domain",
            async (context, cancel) =>
            {
                var body = new JsonObject { ["display_name"] = context.Get(name) };
                var client = await context.ClientAsync(cancel);
                return CommandResult.Object(await client.PostAsync(Noun.Tunnel.Path, body, cancel));
            },
            name
        );
    }

    private static Command List(VerbFactory verbs)
    {
        var flags = new ListFlags();
        return verbs.Create(
            "list",
            "list tunnels, newest first; the table shows whether each can serve calls now",
            async (context, cancel) =>
            {
                var list = await flags.RunAsync(
                    context,
                    Noun.Tunnel.Path,
                    new Query(),
                    [
                        new("ID", "id", Fit.Keep),
                        new("NAME", "display_name", Fit.Keep),
                        new("CALLS", Readiness, Fit.Keep),
                        new("DOMAIN", "domain"),
                        new("CREATED", "created_at"),
                        new("ARCHIVED", "archived_at", Fit.Keep),
                    ],
                    cancel
                );
                if (context.Format is OutputFormat.Table or OutputFormat.Wide)
                {
                    await AddReadinessAsync(context, list.Json, cancel);
                }

                return list;
            },
            flags.Options
        );
    }

    // Of the rows alone: other formats print what the service said.
    private static async Task AddReadinessAsync(CommandContext context, JsonObject list, CancellationToken cancel)
    {
        var client = await context.ClientAsync(cancel);
        var tunnels = list.Data().OfType<JsonObject>().Where(tunnel => tunnel["archived_at"] is null);
        foreach (var tunnel in tunnels.Take(MaxReadiness))
        {
            try
            {
                var path = $"{Noun.Tunnel.PathOf(tunnel.Text("id") ?? "")}/status";
                tunnel[Readiness] = TunnelState.Of((await client.GetAsync(path, cancel)).Json);
            }
            catch (CommandFailure)
            {
                // The list is what was asked for: a row without this cell is better than none.
            }
        }
    }

    private static Command Update(VerbFactory verbs)
    {
        var id = Flags.Id(Noun.Tunnel);
        var displayName = Flags.Text("--display-name", "NAME", "new name");
        var clientRanges = Flags.Many(
            "--client-range",
            "CIDR|none",
            "addresses that may call by SNI; replaces the list"
        );
        var agentRanges = Flags.Many("--agent-range", "CIDR|none", "addresses that agents may use; replaces the list");
        var rangeSets = Flags.Many(
            "--range-set",
            "NAME|none",
            "range sets whose addresses may also call; replaces the list"
        );
        var affinity = Flags.OneOf(
            "--affinity",
            "what is bound to one agent: a hostname (default), or a client if the servers keep no sessions",
            "hostname",
            "client"
        );
        var offlineGrace = Flags.Text(
            "--offline-grace",
            "DURATION|default",
            "how long edges accept its agents without contact to the service, at most 7d"
        );
        var publicPort = new Option<int?>("--public-port")
        {
            Description = "port in the URLs of the routes: clients then need tokens for the new URLs",
            HelpName = "N",
        };
        var limits = new LimitFlags();
        var edges = Flags
            .Many(
                "--edge",
                "EDGE|none",
                "edges to pin the tunnel to, instead of those that hashing chooses; replaces the list"
            )
            .Offering(Noun.Edge);
        var allowToken = Flags.OneOf(
            "--allow-tunnel-token",
            "let agents enrol by tunnel token although a CA here is the service's (audited)",
            "true",
            "false"
        );
        var revision = new Option<long?>("--revision")
        {
            Description = "refuse if the tunnel changed since this revision",
            HelpName = "N",
        };
        return verbs.Create(
            "update",
            "change a tunnel's settings",
            async (context, cancel) =>
            {
                var body = new JsonObject();
                if (context.Has(displayName))
                {
                    body["display_name"] = context.Get(displayName);
                }

                AddRanges("client_source_ranges", clientRanges);
                AddRanges("agent_source_ranges", agentRanges);
                AddRanges("client_range_sets", rangeSets);
                if (context.Get(affinity) is { } chosen)
                {
                    body["affinity"] = chosen;
                }

                if (context.Get(offlineGrace) is { } grace)
                {
                    body["offline_grace_seconds"] = OfflineGrace(grace);
                }

                if (context.Get(publicPort) is { } port)
                {
                    body["public_port"] = port;
                }

                if (context.Get(allowToken) is { } allowed)
                {
                    body["allow_tunnel_token"] = allowed == "true";
                }

                if (context.Has(edges))
                {
                    var ids = new List<string>();
                    foreach (var edge in UpdateBody.ListOrNone(edges.Name, context.Get(edges)!))
                    {
                        ids.Add(await context.IdAsync(Noun.Edge, edge, cancel));
                    }

                    body["edge_ids"] = WireJson.ArrayOf([.. ids]);
                }

                if (!limits.AreGiven(context))
                {
                    UpdateBody.RequireChange(body);
                }

                if (context.Get(revision) is { } expected)
                {
                    body["revision"] = expected;
                }

                var client = await context.ClientAsync(cancel);
                var path = await context.PathAsync(Noun.Tunnel, context.Get(id), cancel);
                if (limits.AreGiven(context))
                {
                    limits.Apply(context, (await client.GetAsync(path, cancel)).Json, body);
                }

                return CommandResult.Object(await client.PostAsync(path, body, cancel));

                void AddRanges(string member, Option<string[]> option)
                {
                    if (context.Has(option))
                    {
                        body[member] = WireJson.ArrayOf(UpdateBody.ListOrNone(option.Name, context.Get(option)!));
                    }
                }
            },
            [
                id,
                displayName,
                clientRanges,
                agentRanges,
                rangeSets,
                affinity,
                offlineGrace,
                .. limits.Options,
                publicPort,
                edges,
                allowToken,
                revision,
            ]
        );
    }

    private static JsonValue? OfflineGrace(string text) =>
        text == "default" ? null
        : Durations.TryParse(text, out var grace) ? JsonValue.Create((long)grace.TotalSeconds)
        : throw new CommandFailure(
            ExitCode.Usage,
            $"--offline-grace: '{text}' is not a duration; write 24h, 7d or default"
        );

    private static Command Status(VerbFactory verbs)
    {
        var id = Flags.Id(Noun.Tunnel);
        return verbs.Create(
            "status",
            "show the state of a tunnel's agents, edges and certificates",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var path = await context.PathAsync(Noun.Tunnel, context.Get(id), cancel);
                return CommandResult.Object(await client.GetAsync($"{path}/status", cancel));
            },
            [id, .. WatchFlags.Create()]
        );
    }

    private static Command Inventory(VerbFactory verbs)
    {
        var (id, flags) = (Flags.Id(Noun.Tunnel), new ListFlags());
        var route = Flags.Text("--route", "NAME", "only of this route");
        return verbs.Create(
            "inventory",
            "servers and tools seen in a tunnel: number of calls, last call, callers",
            async (context, cancel) =>
                await flags.RunAsync(
                    context,
                    $"{await context.PathAsync(Noun.Tunnel, context.Get(id), cancel)}/inventory",
                    new Query().Add("route", context.Get(route)),
                    [
                        new("ROUTE", "route", Fit.Keep),
                        new("KIND", "kind", Fit.Keep),
                        new("NAME", "name", Fit.Keep),
                        new("ALLOWED", "allowed", Fit.Keep),
                        new("DENIED", "denied", Fit.Keep),
                        new("REFUSED", "refused", Fit.Keep),
                        new("WOULD DENY", "would_deny", Fit.Keep),
                        new("WOULD REFUSE", "would_refuse", Fit.Keep),
                        new("LAST CALLED", "last_called_at"),
                        new("BY", "last_subject"),
                    ],
                    cancel
                ),
            [id, route, .. flags.OptionsWithoutArchived]
        );
    }

    private static Command TrustBundle(VerbFactory verbs)
    {
        var id = Flags.Id(Noun.Tunnel);
        var file = Flags.Out("the PEM bundle");
        return verbs.Create(
            "trust-bundle",
            "the CA certificates that a client of this tunnel must trust",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var path = await context.PathAsync(Noun.Tunnel, context.Get(id), cancel);
                var answer = await client.GetAsync($"{path}/trust_bundle", cancel);
                return PemResult.Of(context, answer, "pem", context.Get(file));
            },
            id,
            file
        );
    }
}
