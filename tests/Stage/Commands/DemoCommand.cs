using Culvert.Stage.Hops;

namespace Culvert.Stage.Commands;

/// <summary><c>demo</c>: the call again, a server that changes, or servers that are joined, through what <c>up</c> left running.</summary>
internal sealed class DemoCommand(StageContext context)
{
    public async Task<int> RunAsync(StageCommandLine command, CancellationToken cancellationToken)
    {
        var run = context.Up;
        if (Installation.FindRecord(run) is not { } record || !run.Ledger.Read().Any(p => p.IsAlive))
        {
            context.Steps.Line("nothing runs; start it with ./quickstart up");
            return ExitCode.CheckFailed;
        }

        var installation = context.Installation(run, record.Ports, ha: record.HighAvailability);
        installation.Attach(record);
        if (command.Join)
        {
            var join = new JoinDemonstration(installation, context.Checkout, run, context.Steps, context.Time);
            Write(await join.RunAsync(cancellationToken));
            return ExitCode.Done;
        }

        if (command.Drift)
        {
            var drifting = new DriftDemonstration(installation, context.Checkout, run, context.Steps, context.Time);
            Write(await drifting.RunAsync(cancellationToken));
            return ExitCode.Done;
        }

        var demonstration = new Demonstration(installation, context.Steps, context.Time);
        await demonstration.CallAsync(cancellationToken);
        Write(await demonstration.SummariseAsync("./quickstart status", cancellationToken));
        return ExitCode.Done;
    }

    private void Write(IReadOnlyList<string> lines)
    {
        context.Steps.Line("");
        foreach (var line in lines)
        {
            context.Steps.Line(line);
        }
    }
}
