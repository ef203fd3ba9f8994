using System.CommandLine;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

internal static class ClockCommands
{
    private const string Path = "v1/clock";

    public static Command Create(VerbFactory verbs) =>
        VerbFactory.Group(
            "clock",
            "show whether the service trusts its clock; while it does not, it issues nothing",
            verbs.Create(
                "show",
                "compare the wall clock with the one that cannot be set",
                async (context, cancel) =>
                    CommandResult.Object(await (await context.ClientAsync(cancel)).GetAsync(Path, cancel))
            ),
            verbs.Create(
                "confirm",
                "confirm that the wall clock is correct",
                async (context, cancel) =>
                    CommandResult.Object(
                        await (await context.ClientAsync(cancel)).PostAsync($"{Path}/confirm", body: null, cancel)
                    )
            )
        );
}
