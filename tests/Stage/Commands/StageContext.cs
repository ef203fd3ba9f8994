using Culvert.Stage.Hops;
using Culvert.Stage.Ports;
using Culvert.Stage.Reporting;
using Culvert.Stage.RunState;

namespace Culvert.Stage.Commands;

/// <summary>What every command works with.</summary>
internal sealed record StageContext(Checkout Checkout, StepReporter Steps, TimeProvider Time)
{
    /// <summary>How long a normal stop may take before it becomes a kill.</summary>
    public static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(4);

    /// <summary>How long it may take after Ctrl-C, so that everything has ended within five seconds.</summary>
    public static readonly TimeSpan InterruptGrace = TimeSpan.FromSeconds(2);

    /// <summary>Plain runs; deleted at the end unless they failed.</summary>
    public RunDirectory Once => new(Path.Combine(Checkout.RunFolder, "once"), Time);

    /// <summary>What <c>up</c> leaves running.</summary>
    public RunDirectory Up => new(Path.Combine(Checkout.RunFolder, "up"), Time);

    public string EnvironmentFile => Path.Combine(Checkout.RunFolder, "quickstart.env");

    /// <param name="run">Its files.</param>
    /// <param name="ports">Its ports.</param>
    /// <param name="postgres">Whether its state is to be in PostgreSQL; with several nodes it is.</param>
    /// <param name="ha">Null = one of each part.</param>
    public Installation Installation(RunDirectory run, PortPlan ports, bool postgres = false, HaPorts? ha = null) =>
        new(
            Checkout,
            run,
            ports,
            new InstallationOptions
            {
                Postgres = postgres || ha is not null,
                HighAvailability = ha,
                ManualTunnel = ha is null,
            },
            Steps,
            Time
        );

    /// <summary>All state of a run, wherever it lies.</summary>
    public static void Delete(RunDirectory run)
    {
        run.Delete();
        Database.Delete(run);
    }

    /// <summary>Stops what the folder's ledger names, in the time that the reason for stopping allows.</summary>
    public static Task StopAsync(RunDirectory run, CancellationToken reason) =>
        run.StopRecordedAsync(
            reason.IsCancellationRequested ? InterruptGrace : StopGrace,
            CancellationToken.None // stopping is what is done after a cancellation
        );
}
