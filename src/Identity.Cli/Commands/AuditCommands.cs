using System.CommandLine;
using Culvert.Identity.Cli.Api;

namespace Culvert.Identity.Cli.Commands;

/// <summary><c>culvert audit</c>: the record of every decision.</summary>
internal static class AuditCommands
{
    public static Command Create(VerbFactory verbs)
    {
        var flags = new ListFlags();
        return VerbFactory.Group(
            "audit",
            "the chained record of every decision",
            verbs.Create(
                "list",
                "list events, newest first",
                (context, cancel) =>
                    flags.RunAsync(
                        context,
                        "v1/audit",
                        new Query(),
                        [
                            new("SEQUENCE", "sequence"),
                            new("TIME", "body.at"),
                            new("EVENT", "body.event"),
                            new("OUTCOME", "body.status.outcome"),
                            new("ACTOR", "body.actor.id"),
                            new("REQUEST", "body.request_id"),
                        ],
                        cancel
                    ),
                flags.OptionsWithoutArchived
            )
        );
    }
}
