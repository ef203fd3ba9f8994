using System.Globalization;
using Culvert.Platform.Health;

namespace Culvert.Tunnel.Edge.Hosting;

internal static class RunningDrain
{
    /// <summary>Returns whether the edge drains, and how many connections of agents and clients are open.</summary>
    /// <exception cref="HttpRequestException">The edge does not answer.</exception>
    public static async Task<(bool IsDraining, long Agents, long Clients)> GetDrainAsync(
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
