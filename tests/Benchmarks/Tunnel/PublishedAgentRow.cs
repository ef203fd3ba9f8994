using System.Diagnostics;
using Culvert.Benchmarks.Figures;
using Culvert.Stage;
using Culvert.Stage.Hops;
using Culvert.Stage.Ports;
using Culvert.Stage.Reporting;
using Culvert.Stage.RunState;

namespace Culvert.Benchmarks.Tunnel;

/// <summary>
/// <c>agent.start</c> and <c>agent.rss_idle</c> of the agent as it is shipped: the seconds from its start until it is ready
/// (enrolled before, connected to the edge, serving, everything on loopback), and the MiB that it holds when no client
/// calls.
/// </summary>
internal sealed class PublishedAgentRow(Checkout checkout, string folder, TimeProvider time)
{
    private const int Rounds = 5;

    /// <summary>What the start needed gets time to go back.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(10);

    public async Task<IReadOnlyList<Figure>> RunAsync(CancellationToken cancellationToken)
    {
        var options = new InstallationOptions
        {
            ManualTunnel = false,
            DangerousOpenRoute = true,
            Published = true,
        };
        var installation = new Installation(
            checkout,
            new RunDirectory(folder, time),
            PortProbe.FreeBlock(),
            options,
            new StepReporter(TextWriter.Null, time),
            time
        );
        try
        {
            await installation.CreateAsync(cancellationToken);
            List<double> starts = [],
                resident = [];
            for (var round = 0; round < Rounds; round++)
            {
                await installation.Agent.Process.StopAsync(StopGrace, cancellationToken);
                var started = Stopwatch.GetTimestamp();
                installation.Agent.Start();
                installation.RecordProcesses();
                await installation.Agent.WaitAsync(cancellationToken);
                starts.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
                await Task.Delay(Rest, time, cancellationToken);
                resident.Add(ResidentMemory.KiB(installation.Agent.Process.Stamp.Pid) / 1024);
            }

            return [Figure.OfValue("agent.rss_idle", "MiB", resident), Figure.OfValue("agent.start", "s", starts)];
        }
        finally
        {
            await installation.StopAsync(StopGrace, CancellationToken.None);
        }
    }
}
