using Culvert.Stage.Processes;
using Culvert.Stage.Reporting;

namespace Culvert.Stage.Hops;

/// <summary>The client only says that its call failed. This finds the hop: the first that is dead or not ready, from the inside out.</summary>
internal static class Diagnosis
{
    public static async Task<HopFailureException> ExplainAsync(
        Installation installation,
        TunnelAgent agent,
        HopFailureException failure,
        CancellationToken cancellationToken
    )
    {
        var dead = installation.Processes.FirstOrDefault(p => !p.IsAlive);
        if (dead is not null)
        {
            return Blame(dead, "no longer runs", failure);
        }

        foreach (var (process, health) in Probes(installation))
        {
            if (await health.ObstacleAsync(cancellationToken) is { Length: > 0 } obstacle)
            {
                return Blame(process, obstacle, failure);
            }
        }

        // All programs report that they are healthy: the agent sees a call last before it leaves our programs, and logs
        // what it did.
        return Blame(agent.Process, "every hop says that it is ready, yet the call failed", failure);
    }

    public static IEnumerable<(ProgramProcess Process, HealthProbe Health)> Probes(Installation installation)
    {
        yield return (installation.Service.Process, installation.Service.Health);
        yield return (installation.Edge.Process, installation.Edge.Health);
        yield return (installation.Agent.Process, installation.Agent.Health);
        foreach (var agent in installation.Several?.Agents ?? [])
        {
            yield return (agent.Process, agent.Health);
        }

        if (installation.Several is { } several)
        {
            yield return (several.SecondService.Process, several.SecondService.Health);
            yield return (several.SecondEdge.Process, several.SecondEdge.Health);
        }

        if (installation.Record.Manual is not null)
        {
            yield return (installation.ManualAgent.Process, installation.ManualAgent.Health);
        }
    }

    private static HopFailureException Blame(ProgramProcess process, string why, HopFailureException failure) =>
        new(process.Name, $"{why}; the client said: {failure.Message}", process.LogFile, failure);
}
