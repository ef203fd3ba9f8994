using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands.Dev;

/// <summary>
/// <c>culvert dev</c>: one MCP server behind a whole tunnel on this machine, until Ctrl-C. It contacts no other service and
/// ignores the global flags that name one.
/// </summary>
internal static class DevCommand
{
    public static Command Create(VerbFactory verbs)
    {
        var mcp = Flags.Required(
            "--mcp",
            "URL|COMMAND",
            "the MCP server: http://127.0.0.1:3001/mcp, or 'npx some-server'"
        );
        var port = new Option<int?>("--port")
        {
            Description = "where clients connect (default: 9443, or any free one)",
            HelpName = "N",
        };
        port.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1 or > ushort.MaxValue)
            {
                result.AddError("--port: a port is a number from 1 to 65535.");
            }
        });
        var keep = new Option<bool>("--keep") { Description = "keep the state folder after the programs have stopped" };
        return verbs.Create(
            "dev",
            "try it: service, edge and agent on this machine for one MCP server, until Ctrl-C",
            (context, cancel) =>
                RunAsync(
                    context,
                    new DevOptions(DevTarget.Parse(context.Get(mcp)!), context.Get(port), context.Get(keep)),
                    cancel
                ),
            mcp,
            port,
            keep
        );
    }

    private static async Task<CommandResult> RunAsync(
        CommandContext context,
        DevOptions options,
        CancellationToken cancel
    )
    {
        var time = context.Host.Time;
        var started = time.GetTimestamp();
        using var folder = DevFolder.Create(options.Keep);
        await using (var system = new DevSystem(options, folder, SiblingPrograms.OfThisProcess(), time))
        {
            context.Note("starting service, edge and agent …");
            var access = await system.StartAsync(cancel);
            context.Note(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"ready in {time.GetElapsedTime(started).TotalSeconds:0.0} s"
                )
            );
            await PrintAsync(context, access, cancel);
            try
            {
                await system.WatchAsync(cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                context.Note("ending …");
            }
        }

        var what = options.Keep ? $"stopped; the state is in {folder.Path}" : "stopped; all state was removed";
        return CommandResult.Object(new JsonObject { ["ended"] = true }) with { Plain = what };
    }

    private static async Task PrintAsync(CommandContext context, DevAccess access, CancellationToken cancel)
    {
        if (context.Format == OutputFormat.Table)
        {
            var resolves = await NameCheck.ResolvesAsync(access.Url.Host, context.Host.Time, cancel);
            foreach (var line in DevGuide.Text(access, resolves))
            {
                context.Host.Out.WriteLine(line);
            }
        }
        else
        {
            ResultWriter.Write(CommandResult.Object(DevGuide.Json(access)), context.Format, context.Host);
        }

        await context.Host.Out.FlushAsync(cancel);
    }
}
