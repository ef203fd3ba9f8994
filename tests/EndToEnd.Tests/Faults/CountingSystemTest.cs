using Culvert.EndToEnd.Tests.Harness;

namespace Culvert.EndToEnd.Tests.Faults;

/// <summary>A test that measures a system, or counts what happened in it, and leaves it as it was.</summary>
public abstract class CountingSystemTest(CountingSystem system) : SystemTest(system)
{
    /// <summary>Generous: the figures that are printed are what counts.</summary>
    protected static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    internal new CountingSystem System { get; } = system;

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

    /// <summary>Until every part can do its job and nothing is left of what was before.</summary>
    internal async Task UntilWholeAsync()
    {
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
