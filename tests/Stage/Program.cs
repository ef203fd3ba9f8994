using System.Runtime.InteropServices;
using Culvert.Stage;
using Culvert.Stage.Commands;
using Culvert.Stage.Reporting;

if (StageCommandLine.Parse(args, out var reason) is not { } command)
{
    await Console.Error.WriteLineAsync($"{reason}; see ./quickstart help");
    return ExitCode.Usage;
}

using var interrupted = new CancellationTokenSource();
void Interrupt(PosixSignalContext signal)
{
    signal.Cancel = true;
    interrupted.Cancel();
}

using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
using var onHangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Interrupt);

var steps = new StepReporter(Console.Out, TimeProvider.System);
var context = new StageContext(Checkout.Find(), steps, TimeProvider.System);
try
{
    return await (
        command.Verb switch
        {
            StageVerb.Up => new UpCommand(context).RunAsync(
                command.PortBase,
                command.Postgres,
                command.Ha,
                interrupted.Token
            ),
            StageVerb.Demo => new DemoCommand(context).RunAsync(interrupted.Token),
            StageVerb.Status => new StatusCommand(context).RunAsync(interrupted.Token),
            StageVerb.Logs => new LogsCommand(context).RunAsync(command.Name!, interrupted.Token),
            StageVerb.Down => new DownCommand(context).RunAsync(command.Delete, interrupted.Token),
            _ => new OnceCommand(context).RunAsync(command.PortBase, command.Postgres, command.Ha, interrupted.Token),
        }
    );
}
catch (Exception) when (interrupted.IsCancellationRequested)
{
    // A child that got the terminal's Ctrl-C too may have failed first: it is an interruption all the same.
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
