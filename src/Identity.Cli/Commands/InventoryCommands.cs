using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

internal static class InventoryCommands
{
    private const string Path = "v1/inventory";

    private static readonly Column[] Names =
    [
        new("TUNNEL", "tunnel_id", Fit.Whole),
        new("ROUTE", "route", Fit.Whole),
        new("KIND", "kind", Fit.Whole),
        new("NAME", "name", Fit.Whole),
        new("SANCTIONED", "sanctioned", Fit.Whole),
        new("ALLOWED", "allowed", Fit.Whole),
        new("DENIED", "denied", Fit.Whole),
        AnswersColumn.Create(),
        new("FIRST SEEN", "first_seen_at"),
        new("LAST CALLED", "last_called_at"),
        new("BY", "last_subject"),
    ];

    private static readonly Column[] Routes =
    [
        new("TUNNEL", "tunnel_id", Fit.Whole),
        new("ROUTE", "route", Fit.Whole),
        new("OWNER", "owner", Fit.Whole),
        new("NAMES", "names", Fit.Whole),
        new("UNSANCTIONED", "unsanctioned_names", Fit.Whole),
        new("CALLERS", "callers", Fit.Whole),
        new("CALLS", "calls", Fit.Whole),
        new("DENIED", "denied", Fit.Whole),
        AnswersColumn.Create(),
        new("OPEN", "open", Fit.Whole),
        new("ATTESTED", "attested_at"),
        new("DUE", "attestation_due_at"),
    ];

    private static readonly Column[] Callers =
    [
        new("TUNNEL", "tunnel_id", Fit.Whole),
        new("ROUTE", "route", Fit.Whole),
        new("SUBJECT", "subject", Fit.Whole),
        new("CLIENT", "client_id", Fit.Whole),
        new("ISSUER", "issuer"),
        new("NAMES", "names", Fit.Whole),
        new("CALLS", "calls", Fit.Whole),
        new("DENIED", "denied", Fit.Whole),
        new("FIRST CALL", "first_called_at"),
        new("LAST CALL", "last_called_at"),
    ];

    private static readonly Column[] Days =
    [
        new("DATE", "date", Fit.Whole),
        new("CALLS", "calls", Fit.Whole),
        new("DENIED", "denied", Fit.Whole),
        new("DRIFTS", "drifts", Fit.Whole),
    ];

    public static Command Create(VerbFactory verbs)
    {
        var (flags, tunnel, route, caller) = (new ListFlags(), Tunnel(), Route(), Caller());
        var kind = Flags.OneOf("--kind", "only names of this kind", "tool", "prompt", "resource", "method");
        var unsanctioned = new Option<bool>("--unsanctioned") { Description = "only names that no attestation covers" };
        Symbol[] symbols = [unsanctioned, tunnel, caller, route, kind, .. flags.Options];
        // Listing names is the usual call, so it needs no verb.
        var inventory = verbs.Create(
            "inventory",
            "the servers behind all tunnels: names, owners, attestations and callers",
            ListNamesAsync,
            symbols
        );
        inventory.Subcommands.Add(
            verbs.Create(
                "names",
                "tools, prompts, resources and methods: who called them last, and whether they are sanctioned; "
                    + "the same as without a verb",
                ListNamesAsync,
                symbols
            )
        );
        foreach (
            var verb in (Command[])
                [ListRoutes(verbs), ListCallers(verbs), ListDays(verbs), SetOwner(verbs), Attest(verbs)]
        )
        {
            inventory.Subcommands.Add(verb);
        }

        return inventory;

        async Task<CommandResult> ListNamesAsync(CommandContext context, CancellationToken cancel) =>
            await flags.RunAsync(
                context,
                Path,
                (await FilterAsync(context, tunnel, route, cancel))
                    .Add("kind", context.Get(kind))
                    .Add("caller", context.Get(caller))
                    .Add("unsanctioned", context.Get(unsanctioned) ? "true" : null),
                Names,
                cancel
            );
    }

    private static Command ListRoutes(VerbFactory verbs)
    {
        var (flags, tunnel, route) = (new ListFlags(), Tunnel(), Route());
        var owner = Flags.Text("--owner", "OWNER", "only routes of this owner");
        var open = new Option<bool>("--open") { Description = "only routes whose attestation is open" };
        return verbs.Create(
            "routes",
            "servers behind all tunnels: owner, names, callers, and the last attestation",
            async (context, cancel) =>
                await flags.RunAsync(
                    context,
                    $"{Path}/routes",
                    (await FilterAsync(context, tunnel, route, cancel))
                        .Add("owner", context.Get(owner))
                        .Add("open", context.Get(open) ? "true" : null),
                    Routes,
                    cancel
                ),
            [open, tunnel, route, owner, .. flags.Options]
        );
    }

    private static Command ListDays(VerbFactory verbs)
    {
        var (tunnel, route) = (Tunnel(), Route());
        var days = new Option<int?>("--days")
        {
            Description = "how many, today included (default: 30)",
            HelpName = "N",
        };
        return verbs.Create(
            "days",
            "calls, denials and drifts on each day, added up",
            async (context, cancel) =>
            {
                var query = (await FilterAsync(context, tunnel, route, cancel)).Add(
                    "days",
                    context.Get(days)?.ToString(CultureInfo.InvariantCulture)
                );
                return CommandResult.List(
                    await (await context.ClientAsync(cancel)).GetAsync(query.On($"{Path}/days"), cancel),
                    Days
                );
            },
            [tunnel, route, days]
        );
    }

    private static Command ListCallers(VerbFactory verbs)
    {
        var (flags, tunnel, route, caller) = (new ListFlags(), Tunnel(), Route(), Caller());
        return verbs.Create(
            "callers",
            "who calls which server, and how often",
            async (context, cancel) =>
                await flags.RunAsync(
                    context,
                    $"{Path}/callers",
                    (await FilterAsync(context, tunnel, route, cancel)).Add("caller", context.Get(caller)),
                    Callers,
                    cancel
                ),
            [tunnel, route, caller, .. flags.Options]
        );
    }

    private static Command SetOwner(VerbFactory verbs)
    {
        var (tunnel, route) = (TunnelId(), RouteName());
        var owner = new Argument<string>("OWNER") { Description = "the person or team; none = remove the owner" };
        return verbs.Create(
            "owner",
            "set who answers for the server behind a route",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var body = new JsonObject { ["owner"] = context.Get(owner) is "none" ? null : context.Get(owner) };
                var path = await PathAsync(context, tunnel, route, cancel);
                return CommandResult.Object(await client.PostAsync(path, body, cancel));
            },
            tunnel,
            route,
            owner
        );
    }

    private static Command Attest(VerbFactory verbs)
    {
        var (tunnel, route) = (TunnelId(), RouteName());
        var note = Flags.Text("--note", "TEXT", "what you checked, for the audit");
        var names = new Option<long?>("--names")
        {
            Description = "fail if the route has another number of names than this one, which you have seen",
            HelpName = "N",
        };
        return verbs.Create(
            "attest",
            "sanction all names that a route has now",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var body = new JsonObject { ["note"] = context.Get(note), ["names"] = context.Get(names) };
                var path = await PathAsync(context, tunnel, route, cancel);
                return CommandResult.Object(await client.PostAsync($"{path}/attest", body, cancel));
            },
            tunnel,
            route,
            note,
            names
        );
    }

    private static async Task<Query> FilterAsync(
        CommandContext context,
        Option<string?> tunnel,
        Option<string?> route,
        CancellationToken cancel
    ) =>
        new Query()
            .Add("tunnel_id", context.Get(tunnel) is { } name ? await context.IdAsync(Noun.Tunnel, name, cancel) : null)
            .Add("route", context.Get(route));

    private static async Task<string> PathAsync(
        CommandContext context,
        Argument<string> tunnel,
        Argument<string> route,
        CancellationToken cancel
    ) =>
        $"{await context.PathAsync(Noun.Tunnel, context.Get(tunnel), cancel)}/routes/"
        + Uri.EscapeDataString(context.Get(route));

    private static Option<string?> Tunnel() => Flags.Text("--tunnel", "ID", "only of this tunnel (id or name)");

    private static Option<string?> Route() => Flags.Text("--route", "NAME", "only of this route");

    private static Option<string?> Caller() =>
        Flags.Text("--caller", "NAME", "only of the caller with this subject or client id");

    private static Argument<string> TunnelId() =>
        new Argument<string>("TUNNEL") { Description = "id or name of the tunnel" }.Offering(Noun.Tunnel);

    private static Argument<string> RouteName() => new("ROUTE") { Description = "name of the route" };
}
