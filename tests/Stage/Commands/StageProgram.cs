using Culvert.Stage.Reporting;

namespace Culvert.Stage.Commands;

/// <summary>What <c>./quickstart</c> does once everything that it needs is there: reads its arguments, runs one command.</summary>
internal sealed class StageProgram(Checkout checkout, TextWriter output, TextWriter error, TimeProvider time)
{
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken interrupted)
    {
        if (StageCommandLine.Parse(arguments, out var reason) is not { } command)
        {
            await error.WriteLineAsync($"{reason}; see ./quickstart help");
            return ExitCode.Usage;
        }

        var steps = new StepReporter(output, time);
        var context = new StageContext(checkout, steps, time);
        try
        {
            return await RunAsync(command, context, interrupted);
        }
        catch (Exception) when (interrupted.IsCancellationRequested)
        {
            // A child that got the terminal's Ctrl-C too may have failed first: the run was interrupted all the same.
            steps.Line("interrupted");
            return ExitCode.Interrupted;
        }
        catch (HopFailureException failure)
        {
            steps.Line($"failed at {failure.Hop}: {failure.Message}");
            if (failure.LogFile is { } log)
            {
                steps.Line($"--- last 20 lines of {log}");
                foreach (var line in LogTail.Read(log, 20))
                {
                    steps.Line(line);
                }
            }

            return ExitCode.Failed;
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or InvalidOperationException)
        {
            // Not foreseen as a hop's failure; everything has been stopped on the way here.
            steps.Line($"failed: {fault}");
            return ExitCode.Failed;
        }
    }

    private static Task<int> RunAsync(StageCommandLine command, StageContext context, CancellationToken interrupted) =>
        command.Verb switch
        {
            StageVerb.Up => new UpCommand(context).RunAsync(
                command.PortBase,
                command.Postgres,
                command.Ha,
                interrupted
            ),
            StageVerb.Demo => new DemoCommand(context).RunAsync(command, interrupted),
            StageVerb.Status => new StatusCommand(context).RunAsync(interrupted),
            StageVerb.Logs => new LogsCommand(context).RunAsync(command.Name!, interrupted),
            StageVerb.Down => new DownCommand(context).RunAsync(command.Delete, interrupted),
            _ => new OnceCommand(context).RunAsync(command.PortBase, command.Postgres, command.Ha, interrupted),
        };
}
