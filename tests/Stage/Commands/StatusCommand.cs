using Culvert.Stage.Hops;

namespace Culvert.Stage.Commands;

/// <summary><c>status</c>: which of the processes run, and whether each can do its job now. Exit 2 when one cannot.</summary>
internal sealed class StatusCommand(StageContext context)
{
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var run = context.Up;
        if (Installation.FindRecord(run) is not { } record)
        {
            context.Steps.Line("nothing runs; start it with ./quickstart up");
            return ExitCode.CheckFailed;
        }

        var installation = context.Installation(run, record.Ports, ha: record.HighAvailability);
        installation.Attach(record);
        var probes = Diagnosis.Probes(installation).ToDictionary(p => p.Process.Name, p => p.Health);
        var allWell = true;
        foreach (var process in installation.Processes)
        {
            var obstacle =
                !process.IsAlive ? "not running"
                : probes.TryGetValue(process.Name, out var health) ? await health.ObstacleAsync(cancellationToken)
                : "";
            allWell &= obstacle.Length == 0;
            var state = obstacle.Length == 0 ? "ready" : obstacle;
            context.Steps.Line($"{process.Name, -22} {(process.IsAlive ? process.Stamp.Pid : "-"), -8} {state}");
        }

        return allWell ? ExitCode.Done : ExitCode.CheckFailed;
    }
}
