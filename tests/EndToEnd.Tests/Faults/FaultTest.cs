using System.Globalization;
using System.Text.RegularExpressions;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.Testing.Faults;
using Shouldly;

namespace Culvert.EndToEnd.Tests.Faults;

/// <summary>A test that breaks something and has it whole again at its end.</summary>
public abstract class FaultTest(FaultSystem system) : SystemTest(system)
{
    /// <summary>Generous: the figures that are printed are what counts.</summary>
    protected static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    internal new FaultSystem System { get; } = system;

    /// <summary>Waits for something to become true, and says how long that took.</summary>
    internal static async Task<TimeSpan> UntilAsync(Func<Task<bool>> condition, string what, TimeSpan? limit = null)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            TimeProvider.System.GetElapsedTime(begun).ShouldBeLessThan(limit ?? Limit, what);
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancel);
        }

        return TimeProvider.System.GetElapsedTime(begun);
    }

    /// <summary>A number of a program's <c>/metrics</c>, summed over its labels.</summary>
    internal static async Task<double> MetricAsync(int healthPort, string name)
    {
        using var client = new HttpClient();
        var text = await client.GetStringAsync(new Uri($"http://127.0.0.1:{healthPort}/metrics"), Cancel);
        return Regex
            .Matches(text, $"^{name}(?:\\{{[^}}]*\\}})? (?<value>[\\d.e+]+)", RegexOptions.Multiline)
            .Sum(m => double.Parse(m.Groups["value"].Value, CultureInfo.InvariantCulture));
    }

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
