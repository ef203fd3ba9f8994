using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

internal static class VersionCommand
{
    private const string Path = "v1/versions";
    private const string Unsupported = "unsupported";

    public static Command Create(VerbFactory verbs)
    {
        var all = new Option<bool>("--all")
        {
            Description = "of every node, edge and agent as well; exit code 2 if one is too far from the service",
        };
        return verbs.Create(
            "version",
            "this program's version",
            (context, cancel) => context.Get(all) ? AllAsync(context, cancel) : Task.FromResult(Own()),
            all
        );
    }

    private static CommandResult Own() =>
        CommandResult.Object(new JsonObject { ["id"] = "culvert", ["version"] = ProgramVersion.Text }) with
        {
            Plain = $"culvert {ProgramVersion.Text}",
        };

    private static async Task<CommandResult> AllAsync(CommandContext context, CancellationToken cancel)
    {
        var client = await context.ClientAsync(cancel);
        var answer = await client.GetAsync(Path, cancel);
        var service = answer.Json.Text("service_version");
        var outside = (answer.Json["data"] as JsonArray ?? [])
            .Where(program => program.Text("skew") == Unsupported)
            .ToList();
        foreach (var program in outside)
        {
            context.Note(
                $"{program.Text("kind")} {program.Text("name")} is {program.Text("version")}, the service {service}: more than "
                    + "one minor version apart is not supported"
            );
        }

        return CommandResult.List(
            answer,
            new("KIND", "kind", Fit.Whole),
            new("NAME", "name", Fit.Whole),
            new("VERSION", "version", Fit.Whole),
            new("SKEW", "skew", Fit.Whole),
            new("TUNNEL", "tunnel_id"),
            new("LAST SEEN", "seen_at")
        ) with
        {
            ExitCode = outside.Count == 0 ? ExitCode.Done : ExitCode.CheckFailed,
        };
    }
}
