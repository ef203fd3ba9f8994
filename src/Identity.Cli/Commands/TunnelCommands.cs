using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

internal static class TunnelCommands
{
    private const string Readiness = "readiness";

    // One request each.
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
            Traffic(verbs),
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
                        new("ID", "id", Fit.Whole),
                        new("NAME", "display_name", Fit.Whole),
                        new("CALLS", Readiness, Fit.Whole),
                        new("DOMAIN", "domain"),
                        new("CREATED", "created_at"),
                        new("ARCHIVED", "archived_at", Fit.Whole),
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

    // Only for the rows: other formats print the service's answer.
    private static async Task AddReadinessAsync(CommandContext context, JsonObject list, CancellationToken cancel)
    {
        var client = await context.ClientAsync(cancel);
        var tunnels = list.Data().OfType<JsonObject>().Where(tunnel => tunnel["archived_at"] is null);
        foreach (var tunnel in tunnels.Take(MaxReadiness))
        {
            try
            {
                var path = $"{Noun.Tunnel.GetPath(tunnel.Text("id") ?? "")}/status";
                tunnel[Readiness] = TunnelState.Describe((await client.GetAsync(path, cancel)).Json);
            }
            catch (CommandFailure)
            {
                // The operator requested the list, so a missing cell is not an error.
            }
        }
    }

    private static Command Update(VerbFactory verbs)
    {
        var id = Flags.Id(Noun.Tunnel);
        var displayName = Flags.Text("--display-name", "NAME", "new name");
        var fields = new ResourceFlags("tunnel", creating: false);
        var limits = new LimitFlags();
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

                await fields.AddToAsync(body, context, cancel);
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
            },
            [id, displayName, .. fields.All, .. limits.Options, revision]
        );
    }

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
                        new("ROUTE", "route", Fit.Whole),
                        new("KIND", "kind", Fit.Whole),
                        new("NAME", "name", Fit.Whole),
                        new("ALLOWED", "allowed", Fit.Whole),
                        new("DENIED", "denied", Fit.Whole),
                        new("REFUSED", "refused", Fit.Whole),
                        new("WOULD DENY", "would_deny", Fit.Whole),
                        new("WOULD REFUSE", "would_refuse", Fit.Whole),
                        AnswersColumn.Create(),
                        new("LAST CALLED", "last_called_at"),
                        new("BY", "last_subject"),
                    ],
                    cancel
                ),
            [id, route, .. flags.OptionsWithoutArchived]
        );
    }

    private static Command Traffic(VerbFactory verbs)
    {
        var id = Flags.Id(Noun.Tunnel);
        var minutes = new Option<int?>("--minutes")
        {
            Description = "how many minutes back: 1 to 180 (default: 60)",
            HelpName = "N",
        };
        return verbs.Create(
            "traffic",
            "calls, denials, durations and bytes in each of the last minutes",
            async (context, cancel) =>
            {
                var path = await context.PathAsync(Noun.Tunnel, context.Get(id), cancel);
                var query = new Query().Add("minutes", context.Get(minutes)?.ToString(CultureInfo.InvariantCulture));
                return CommandResult.List(
                    await (await context.ClientAsync(cancel)).GetAsync(query.On($"{path}/traffic"), cancel),
                    [
                        new("MINUTE", "at", Fit.Whole),
                        new("CALLS", "calls", Fit.Whole),
                        new("DENIED", "denied", Fit.Whole),
                        new("P50 MS", "p50_ms", Fit.Whole),
                        new("P95 MS", "p95_ms", Fit.Whole),
                        new("REQUEST BYTES", "request_bytes", Fit.Whole),
                        new("RESPONSE BYTES", "response_bytes", Fit.Whole),
                    ]
                );
            },
            [id, minutes]
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
                return PemResult.Create(context, answer, "pem", context.Get(file));
            },
            id,
            file
        );
    }
}
