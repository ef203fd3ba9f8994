using System.Globalization;
using Culvert.Stage.Hops;

namespace Culvert.Benchmarks.Providers;

/// <summary>An agent that begins and ends to serve tunnels by its configuration file, without a restart.</summary>
internal sealed class SoakedAgent
{
    private const string UnderWay = "culvert_agent_long_poll_under_way";

    private readonly string own;

    private SoakedAgent(TunnelAgent agent, string own) => (Agent, this.own) = (agent, own);

    public TunnelAgent Agent { get; }

    public static async Task<SoakedAgent> ReadAsync(TunnelAgent agent, CancellationToken cancellationToken)
    {
        var text = await File.ReadAllTextAsync(agent.ConfigurationFile, cancellationToken);
        var tunnels = text.IndexOf("tunnels:", StringComparison.Ordinal);
        return new SoakedAgent(agent, tunnels < 0 ? text : text[..tunnels]);
    }

    /// <param name="section">The section <c>tunnels</c>; empty = none.</param>
    /// <param name="cancellationToken">Ends the write.</param>
    public async Task ServeAsync(string section, CancellationToken cancellationToken)
    {
        // Never half a file under its name.
        var next = Agent.ConfigurationFile + ".next";
        await File.WriteAllTextAsync(next, $"{own}\n{section}\n", cancellationToken);
        File.Move(next, Agent.ConfigurationFile, overwrite: true);
    }

    /// <summary>The calls that the agent counts as under way, by its metrics.</summary>
    public async Task<double> CountUnderWayAsync(CancellationToken cancellationToken)
    {
        using var client = new HttpClient();
        var text = await client.GetStringAsync(
            new Uri($"http://127.0.0.1:{Agent.HealthPort}/metrics"),
            cancellationToken
        );
        return text.Split('\n')
            .Where(line => line.StartsWith(UnderWay, StringComparison.Ordinal))
            .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }
}
