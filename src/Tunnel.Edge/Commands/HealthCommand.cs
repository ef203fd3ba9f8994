using Culvert.Platform.Health;
using Culvert.Platform.Programs;
using Culvert.Tunnel.Edge.Configuration;

namespace Culvert.Tunnel.Edge.Commands;

/// <summary><c>tunnel-edge health</c>: queries the running edge's readiness, for probes without an HTTP client.</summary>
internal static class HealthCommand
{
    /// <returns>0: ready. 2: not ready. 69: unreachable.</returns>
    public static async Task<int> RunAsync(
        EdgeSettings settings,
        TextWriter output,
        TextWriter error,
        CancellationToken cancellationToken
    )
    {
        using var edge = new RunningProgram(settings.Health);
        try
        {
            var (ready, body) = await edge.GetReadinessAsync(cancellationToken);
            await output.WriteLineAsync(body);
            return ready ? ExitCodes.Done : ExitCodes.CheckFailed;
        }
        catch (HttpRequestException e)
        {
            await error.WriteLineAsync($"The edge does not respond on {edge.Url} (health.listen): {e.Message}");
            return ExitCodes.Unreachable;
        }
    }
}
