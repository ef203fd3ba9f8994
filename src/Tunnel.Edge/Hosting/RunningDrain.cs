using System.Globalization;
using Culvert.Platform.Health;

namespace Culvert.Tunnel.Edge.Hosting;

/// <summary>What an edge that runs says about its drain.</summary>
internal static class RunningDrain
{
    /// <summary>Whether it drains, and how many connections agents and clients still have to it.</summary>
    /// <exception cref="HttpRequestException">It does not answer.</exception>
    public static async Task<(bool IsDraining, long Agents, long Clients)> AskDrainAsync(
        this RunningProgram edge,
        CancellationToken cancellationToken
    )
    {
        var lines = await edge.ReadMetricsAsync(cancellationToken);
        return (
            Sum("culvert_edge_draining") > 0,
            Sum("culvert_edge_agent_connections"),
            Sum("culvert_edge_client_connections")
        );

        long Sum(string name) =>
            (long)
                lines
                    .Where(line =>
                        line.StartsWith(name, StringComparison.Ordinal) && line.AsSpan(name.Length) is [' ' or '{', ..]
                    )
                    .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }
}
