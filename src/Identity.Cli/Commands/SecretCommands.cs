using System.CommandLine;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

/// <summary><c>culvert secrets</c>: the secrets that only a person replaces.</summary>
internal static class SecretCommands
{
    private static readonly Column[] Columns =
    [
        new("HOLDER", "holder", Fit.Whole),
        new("TUNNEL", "tunnel_id"),
        new("INSTANCE", "instance_id", Fit.Whole),
        new("OBJECT", "object_id"),
        new("SETTING", "setting", Fit.Whole),
        new("KIND", "kind", Fit.Whole),
        new("SOURCE", "source"),
        new("WRITTEN", "written_at"),
        new("LAST USED", "last_used_at"),
    ];

    public static Command Create(VerbFactory verbs) =>
        VerbFactory.Group("secrets", "secrets that only a person replaces", List(verbs));

    private static Command List(VerbFactory verbs)
    {
        var tunnel = Flags
            .Text("--tunnel", "TUNNEL", "only this tunnel's (default: every tunnel's, and the service's own)")
            .Offering(Noun.Tunnel);
        var flags = new ListFlags();
        return verbs.Create(
            "list",
            "list static secrets of the service and of all agents, with age and last use; never their values",
            async (context, cancel) =>
                await flags.RunAsync(
                    context,
                    "v1/static_secrets",
                    new Query().Add(
                        "tunnel_id",
                        context.Get(tunnel) is { } name ? await context.IdAsync(Noun.Tunnel, name, cancel) : null
                    ),
                    Columns,
                    cancel
                ),
            [tunnel, .. flags.OptionsWithoutArchived]
        );
    }
}
