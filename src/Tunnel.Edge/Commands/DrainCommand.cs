using Culvert.Platform.Health;
using Culvert.Platform.Programs;
using Culvert.Tunnel.Edge.Configuration;
using Culvert.Tunnel.Edge.Hosting;

namespace Culvert.Tunnel.Edge.Commands;

/// <summary>
/// <c>tunnel-edge drain</c>: makes the running edge send its agents and clients elsewhere, and waits until they are gone.
/// The edge accepts none until <c>drain --resume</c>, even after a restart.
/// </summary>
internal static class DrainCommand
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250);

    /// <summary>Extra time for the running edge to notice the drain and to close connections.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(10);

    /// <returns>0: no agent is left. 1: some agents did not disconnect. 69: no edge runs here, and nothing was
    /// changed.</returns>
    public static async Task<int> RunAsync(
        EdgeSettings settings,
        bool resume,
        TextWriter output,
        TextWriter error,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var mark = new DrainMark(settings.StateDirectory);
        using var edge = new RunningProgram(settings.Health);
        try
        {
            if (resume)
            {
                mark.Remove();
                await output.WriteLineAsync(
                    "It accepts agents and clients again, unless `culvert edge drain` is in effect."
                );
                return ExitCodes.Done;
            }

            await edge.GetDrainAsync(cancellationToken); // an edge that is not running must not start drained later
            mark.Set();
            return await WaitAsync(settings, edge, output, error, time, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            await error.WriteLineAsync($"The edge does not respond on {edge.Url} (health.listen): {e.Message}");
            return ExitCodes.Unreachable;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync($"{settings.StateDirectory}: {e.Message} Run it as the user of the edge.");
            return ExitCodes.Failed;
        }
    }

    private static async Task<int> WaitAsync(
        EdgeSettings settings,
        RunningProgram edge,
        TextWriter output,
        TextWriter error,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var started = time.GetTimestamp();
        var last = (Agents: -1L, Clients: -1L);
        while (true)
        {
            var (draining, agents, clients) = await edge.GetDrainAsync(cancellationToken);
            if (draining && agents == 0)
            {
                await output.WriteLineAsync("Drained. Run `tunnel-edge drain --resume` to resume.");
                return ExitCodes.Done;
            }

            if (time.GetElapsedTime(started) > settings.DrainDelay + settings.DrainTimeout + Slack)
            {
                await error.WriteLineAsync(
                    draining
                        ? $"{agents} connections of agents and {clients} of clients are left."
                        : "The running edge does not heed it: is its state_dir another one?"
                );
                return ExitCodes.Failed;
            }

            if (last != (agents, clients))
            {
                last = (agents, clients);
                await output.WriteLineAsync($"{agents} connections of agents, {clients} of clients");
            }

            await Task.Delay(Poll, time, cancellationToken);
        }
    }
}
