using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

internal static class JobCommands
{
    private const string Path = "v1/jobs";

    public static Command Create(VerbFactory verbs) =>
        VerbFactory.Group(
            "job",
            "the service's recurring work (installation-operator)",
            verbs.Create("list", "list the jobs as seen by the node that responds", ListAsync, ListFlags.OfWhole()),
            Act(
                verbs,
                "run",
                "run a job once on the node that responds, even if it is paused; waits until it finishes"
            ),
            Pause(verbs),
            Act(verbs, "resume", "resume a paused job on all nodes")
        );

    private static Command Act(VerbFactory verbs, string verb, string description)
    {
        var job = Job();
        return verbs.Create(
            verb,
            description,
            async (context, cancel) => await PostAsync(context, job, verb, body: null, cancel),
            job
        );
    }

    private static Command Pause(VerbFactory verbs)
    {
        var job = Job();
        var reason = new Option<string>("--reason")
        {
            Description = "reason for the audit, shown with the paused job",
            Required = true,
        };
        return verbs.Create(
            "pause",
            "stop a job from running, on all nodes, until it is resumed; due work remains due",
            async (context, cancel) =>
                await PostAsync(context, job, "pause", new JsonObject { ["reason"] = context.Get(reason) }, cancel),
            job,
            reason
        );
    }

    private static Argument<string> Job() =>
        new Argument<string>("JOB") { Description = "its id, as culvert job list shows it" }.Offering(
            NameCompletion.FromList(Path),
            "id"
        );

    private static async Task<CommandResult> PostAsync(
        CommandContext context,
        Argument<string> job,
        string verb,
        JsonObject? body,
        CancellationToken cancel
    )
    {
        var client = await context.ClientAsync(cancel);
        return CommandResult.Object(
            await client.PostAsync($"{Path}/{Uri.EscapeDataString(context.Get(job)!)}/{verb}", body, cancel)
        );
    }

    private static async Task<CommandResult> ListAsync(CommandContext context, CancellationToken cancel)
    {
        var client = await context.ClientAsync(cancel);
        return CommandResult.List(
            await client.GetAsync(Path, cancel),
            new("JOB", "id", Fit.Whole),
            new("STATE", "state", Fit.Whole),
            new("LAST", "last_run.outcome", Fit.Whole),
            new("ENDED", "last_run.ended_at"),
            new("NEXT", "next_run_at"),
            new Column("NODE", "node")
        );
    }
}
