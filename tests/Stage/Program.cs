using System.Runtime.InteropServices;
using Culvert.Stage;
using Culvert.Stage.Commands;
using Culvert.Stage.Ports;
using Culvert.Stage.Reporting;

if (StageCommandLine.Parse(args, out var reason) is not { Verb: StageVerb.Once } command)
{
    await Console.Error.WriteLineAsync($"{reason}; see ./quickstart help");
    return ExitCode.Usage;
}

using var interrupted = new CancellationTokenSource();
void Interrupt(PosixSignalContext context)
{
    context.Cancel = true;
    interrupted.Cancel();
}

using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
using var onHangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Interrupt);

var steps = new StepReporter(Console.Out, TimeProvider.System);
try
{
    var ports = command.PortBase is { } first ? PortPlan.FromBase(first) : PortPlan.Default;
    return await new OnceCommand(Checkout.Find(), steps, TimeProvider.System).RunAsync(ports, interrupted.Token);
}
catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
{
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
