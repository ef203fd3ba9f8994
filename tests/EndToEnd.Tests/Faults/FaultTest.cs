using Culvert.EndToEnd.Tests.Harness;
using Culvert.Testing.Faults;

namespace Culvert.EndToEnd.Tests.Faults;

/// <summary>A test that breaks something and has it whole again at its end.</summary>
public abstract class FaultTest(FaultSystem system) : SystemTest(system)
{
    /// <summary>Generous: the figures that are printed are what counts.</summary>
    protected static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    internal new FaultSystem System { get; } = system;

    internal static Task<TimeSpan> UntilAsync(Func<Task<bool>> condition, string what) =>
        UntilAsync(condition, what, Limit);

    internal Task<double> EdgeAsync(string name) => MetricAsync(Installation.Ports.EdgeHealth, name);

    internal Task<double> AgentAsync(string name) => MetricAsync(Installation.Ports.AgentHealth, name);

    /// <summary>Until nothing of the clients is left at the edge, and the agent has both its connections.</summary>
    internal Task UntilQuietAsync() =>
        UntilAsync(
            async () =>
                await EdgeAsync("culvert_edge_streams") == 0
                && await EdgeAsync("culvert_edge_client_connections") == 0
                && await EdgeAsync("culvert_edge_agent_connections") == 2,
            "no stream is left at the edge and two connections of the agent are"
        );

    /// <summary>All paths pass everything again, and the agent is connected as it should be.</summary>
    internal async Task MendAsync()
    {
        foreach (var relay in (FaultRelay[])[System.AgentPath, System.UpstreamPath, System.ClientPath])
        {
            relay.Up();
            relay.Set(PathConditions.Clear, PathConditions.Clear);
        }

        await System.UntilReadyAsync(Cancel);
        await UntilQuietAsync();
    }

    internal static string Milliseconds(TimeSpan span) => $"{span.TotalMilliseconds:0} ms";

    internal static TimeSpan Percentile(IEnumerable<TimeSpan> taken, double share)
    {
        TimeSpan[] sorted = [.. taken.Order()];
        return sorted.Length == 0 ? TimeSpan.Zero : sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))];
    }
}
