using Culvert.Stage.Hops;
using Culvert.Stage.RunState;

namespace Culvert.Stage.Commands;

/// <summary>
/// <c>up</c>: as a plain run, but everything stays. State that a complete earlier <c>up</c> left is started again and
/// not created again.
/// </summary>
internal sealed class UpCommand(StageContext context)
{
    public async Task<int> RunAsync(int? portBase, bool postgres, bool isHa, CancellationToken cancellationToken)
    {
        var run = context.Up;
        using var runLock = RunLock.TryTake(run.Path);
        if (runLock is null)
        {
            context.Steps.Line("another ./quickstart up or down is at work in this checkout");
            return ExitCode.TryAgain;
        }

        var alive = run.Ledger.Read().Where(p => p.IsAlive).ToList();
        var record = Installation.FindRecord(run);
        if (record is not null && alive.Count > 0)
        {
            context.Steps.Line($"it runs: {string.Join(", ", alive.Select(p => $"{p.Name} ({p.Pid})"))}");
            context.Steps.Line("./quickstart status shows more, ./quickstart down stops it");
            return ExitCode.Done;
        }

        await StageContext.StopAsync(run, CancellationToken.None);
        var complete = false;
        try
        {
            await StartAsync(run, record, portBase, postgres, isHa, cancellationToken);
            complete = true;
        }
        finally
        {
            if (!complete)
            {
                await StageContext.StopAsync(run, cancellationToken);
                File.Delete(context.EnvironmentFile);
            }
        }

        return ExitCode.Done;
    }

    private async Task StartAsync(
        RunDirectory run,
        InstallationRecord? record,
        int? portBase,
        bool postgres,
        bool isHa,
        CancellationToken cancellationToken
    )
    {
        Installation installation;
        if (record is null)
        {
            StageContext.Delete(run);
            var ports = PortChoice.Choose(portBase, mayMove: false, context.Steps);
            var ha = isHa ? PortChoice.ChooseHa(portBase, ports, context.Steps) : null;
            installation = context.Installation(run, ports, postgres, ha);
            await installation.CreateAsync(cancellationToken);
        }
        else
        {
            // The public URL is fixed by `init`, and the ports with it.
            if (portBase is { } first && Ports.PortPlan.FromBase(first) != record.Ports)
            {
                throw new Reporting.HopFailureException(
                    "ports",
                    $"the state in {run.Path} was made for other ports; ./quickstart down --delete removes it"
                );
            }

            if (postgres && !Database.Exists(run))
            {
                throw new Reporting.HopFailureException(
                    "storage",
                    $"the state in {run.Path} is in SQLite; ./quickstart down --delete removes it"
                );
            }

            if (isHa && record.HighAvailability is null)
            {
                throw new Reporting.HopFailureException(
                    "--ha",
                    $"the state in {run.Path} was made for one of each part; ./quickstart down --delete removes it"
                );
            }

            PortChoice.Check(record.Ports, mayMove: false, context.Steps);
            installation = context.Installation(run, record.Ports, ha: record.HighAvailability);
            await installation.ResumeAsync(record, cancellationToken);
        }

        await InstallationEnvironment.WriteAsync(installation, context.EnvironmentFile, cancellationToken);
        var demonstration = new Demonstration(installation, context.Steps, context.Time);
        await demonstration.CallAsync(cancellationToken);
        context.Steps.Line("");
        var next = $"./quickstart demo | status | logs tunnel-edge | down; variables in {context.EnvironmentFile}";
        foreach (var line in await demonstration.SummariseAsync(next, cancellationToken))
        {
            context.Steps.Line(line);
        }
    }
}
