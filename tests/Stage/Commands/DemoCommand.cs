using Culvert.Stage.Hops;

namespace Culvert.Stage.Commands;

/// <summary><c>demo</c>: the call again, through what <c>up</c> left running.</summary>
internal sealed class DemoCommand(StageContext context)
{
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var run = context.Up;
        if (Installation.FindRecord(run) is not { } record || !run.Ledger.Read().Any(p => p.IsAlive))
        {
            context.Steps.Line("nothing runs; start it with ./quickstart up");
            return ExitCode.CheckFailed;
        }

        var installation = context.Installation(run, record.Ports, ha: record.HighAvailability);
        installation.Attach(record);
        var demonstration = new Demonstration(installation, context.Steps, context.Time);
        await demonstration.CallAsync(cancellationToken);
        context.Steps.Line("");
        foreach (var line in await demonstration.SummariseAsync("./quickstart status", cancellationToken))
        {
            context.Steps.Line(line);
        }

        return ExitCode.Done;
    }
}
