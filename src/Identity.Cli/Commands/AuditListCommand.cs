using System.CommandLine;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

internal static class AuditListCommand
{
    private static readonly Column[] Columns =
    [
        new("SEQUENCE", "sequence", Fit.Whole),
        new("TIME", "body.at"),
        new("EVENT", "body.event", Fit.Whole),
        new("OUTCOME", "body.status.outcome", Fit.Whole),
        new("ACTOR", "body.actor.id"),
        new("SUBJECT", "body.actor.subject"),
        new("REQUEST", "body.request_id"),
    ];

    public static Command Create(VerbFactory verbs)
    {
        var name = Flags.Text("--event", "EVENT", "only of this event, or of those that begin so (ending in *)");
        var actor = Flags.Text("--actor", "ID", "only of this actor: a key, person, service account or machine");
        var kind = Flags.Text("--actor-type", "TYPE", "only of such actors: admin_api_key, person, federated, host, …");
        var subject = Flags.Text("--subject", "SUB", "only of this sub, or of those that begin so (ending in *)");
        var resource = Flags.Text("--resource", "ID", "only about this resource");
        var tunnel = Flags.Text("--tunnel", "TUNNEL", "only about this tunnel").Offering(Noun.Tunnel);
        var outcome = Flags.Text("--outcome", "OUTCOME", "only with this outcome: success or denied");
        var since = Flags.Text("--since", "TIME", "not before: 2026-01-31T12:00:00Z, or 24h for the last day");
        var until = Flags.Text("--until", "TIME", "before that time");
        var request = Flags.Text("--request", "REQUEST-ID", "only of this request");
        var flags = new ListFlags();
        return verbs.Create(
            "list",
            "list events, newest first",
            async (context, cancel) =>
                await flags.RunAsync(
                    context,
                    "v1/audit",
                    new Query()
                        .Add("event", context.Get(name))
                        .Add("actor", context.Get(actor))
                        .Add("actor_type", context.Get(kind))
                        .Add("subject", context.Get(subject))
                        .Add("resource", context.Get(resource))
                        .Add(
                            "tunnel_id",
                            context.Get(tunnel) is { } nameOrId
                                ? await context.IdAsync(Noun.Tunnel, nameOrId, cancel)
                                : null
                        )
                        .Add("outcome", context.Get(outcome))
                        .Add("since", Moments.ReadText(context, since))
                        .Add("until", Moments.ReadText(context, until))
                        .Add("request_id", context.Get(request)),
                    Columns,
                    cancel
                ),
            [
                name,
                actor,
                kind,
                subject,
                resource,
                tunnel,
                outcome,
                since,
                until,
                request,
                .. flags.OptionsWithoutArchived,
            ]
        );
    }
}
