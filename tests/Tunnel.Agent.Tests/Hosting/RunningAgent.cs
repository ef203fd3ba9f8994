using Culvert.Platform.Doctor;
using Culvert.Platform.Logging;
using Culvert.Platform.Programs;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Hosting;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.Hosting;

/// <summary>An agent that runs in this process until it is disposed.</summary>
internal sealed class RunningAgent : IAsyncDisposable
{
    private readonly StateDirectory state;
    private readonly AgentRuntime runtime;
    private readonly CancellationTokenSource stop = new();
    private readonly Task running;

    public RunningAgent(AgentSettings settings, ConfigWatch<AgentSettings>? watch = null, LogLevels? levels = null)
    {
        state = StateDirectory.Open(settings.StateDirectory);
        runtime = new AgentRuntime(
            settings,
            state,
            new AgentTelemetry(Log) { Levels = levels },
            TimeProvider.System,
            watch
        );
        running = runtime.RunAsync(stop.Token);
    }

    public LogLines Log { get; } = new();

    /// <summary>Waits until it serves; its connection to the edge.</summary>
    public async Task<FakeEdgeConnection> ReadyAsync(FakeEdge edge)
    {
        var connection = await edge.NextAsync();
        var open = new List<string>();
        await Eventually.UntilAsync(
            async () =>
            {
                open.Clear();
                foreach (var check in runtime.Checks)
                {
                    if (await check.Evaluate(CancellationToken.None) is { } reason)
                    {
                        open.Add($"{check.Name}: {reason}");
                    }
                }

                return open.Count == 0;
            },
            TestContext.Current.CancellationToken,
            details: () => string.Join(" | ", open)
        );

        // The agent serves as soon as it has our greeting; ours is the edge's end, which opens streams after its.
        await connection.Mux.PeerHello.WaitAsync(Eventually.Limit);
        return connection;
    }

    /// <summary>Why a check of readiness fails; null when it does not.</summary>
    public async Task<string?> FailedCheckAsync(string name) =>
        await runtime.Checks.Single(c => c.Name == name).Evaluate(CancellationToken.None);

    /// <summary>The checks that make it not ready.</summary>
    public async Task<IReadOnlyList<string>> CountedChecksAsync()
    {
        var counted = new List<string>();
        foreach (var check in runtime.Checks.Where(c => !c.IsAdvisory))
        {
            if (await check.Evaluate(CancellationToken.None) is not null && check.IsDegraded?.Invoke() != true)
            {
                counted.Add(check.Name);
            }
        }

        return counted;
    }

    /// <summary>What its reports would say of the doctor's checks now.</summary>
    public async Task<IReadOnlyList<DoctorFinding>> CheckAsync() =>
        await runtime.Doctor.RunAsync(CancellationToken.None);

    public async Task StopAsync()
    {
        await stop.CancelAsync();
        await running.WaitAsync(Eventually.Limit);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await runtime.DisposeAsync();
        state.Dispose();
        stop.Dispose();
    }
}
