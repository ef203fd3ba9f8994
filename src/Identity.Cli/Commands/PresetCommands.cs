using System.CommandLine;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

internal static class PresetCommands
{
    private const string Path = "v1/organizations/federation_presets";

    public static Command Create(VerbFactory verbs) =>
        VerbFactory.Group(
            "preset",
            "presets for CI systems, clusters and clouds: issuers, claims, and the claims to pin",
            List(verbs),
            Show(verbs)
        );

    private static Command List(VerbFactory verbs) =>
        verbs.Create(
            "list",
            "list the platforms",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                return CommandResult.List(
                    await client.GetAsync(Path, cancel),
                    new("NAME", "name", Fit.Whole),
                    new("PLATFORM", "title", Fit.Wrap),
                    new("REPLAY", "defaults.replay_mode"),
                    new("LONGEST TOKEN", "defaults.max_jwt_lifetime_seconds")
                );
            }
        );

    private static Command Show(VerbFactory verbs)
    {
        var name = new Argument<string>("NAME") { Description = "the preset's name" }.Offering(
            NameCompletion.FromList(Path),
            "name"
        );
        return verbs.Create(
            "show",
            "print a preset: how a workload gets its token, claims to pin, a starting match, samples",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                return CommandResult.Object(
                    await client.GetAsync($"{Path}/{Uri.EscapeDataString(context.Get(name))}", cancel)
                );
            },
            name
        );
    }
}
