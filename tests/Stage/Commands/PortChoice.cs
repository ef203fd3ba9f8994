using Culvert.Stage.Ports;
using Culvert.Stage.Reporting;

namespace Culvert.Stage.Commands;

/// <summary>Which ports a run takes, or what prevents it.</summary>
internal static class PortChoice
{
    /// <param name="mayMove">Whether another block may be chosen when a default port is taken, which is then said.</param>
    public static PortPlan Choose(int? requestedBase, bool mayMove, StepReporter steps)
    {
        var plan = requestedBase is { } first ? PortPlan.FromBase(first) : PortPlan.Default;
        return Check(plan, mayMove && requestedBase is null, steps);
    }

    /// <summary>
    /// The ports behind a balancer: those that follow the requested base, the documented ones, or a free block
    /// where the plan itself is one.
    /// </summary>
    public static HaPorts ChooseHa(int? requestedBase, PortPlan plan, StepReporter steps)
    {
        var ha =
            requestedBase is { } first ? HaPorts.FromBase(first + PortPlan.BlockSize)
            : plan == PortPlan.Default ? HaPorts.Default
            : HaPorts.Of(PortProbe.FreeBlock());
        Refuse([.. ha.Uses.Where(use => !Loopback.IsFree(use.Port))], steps);
        return ha;
    }

    /// <summary>The plan itself when all its ports are free.</summary>
    public static PortPlan Check(PortPlan plan, bool mayMove, StepReporter steps)
    {
        var taken = PortProbe.Taken(plan);
        if (taken.Count == 0)
        {
            return plan;
        }

        if (mayMove)
        {
            var free = PortProbe.FreeBlock();
            steps.Line(
                $"port {taken[0].Port} is taken; this run uses ports {free.Api} to {free.Api + PortPlan.BlockSize - 1}"
            );
            return free;
        }

        Refuse(taken, steps);
        return plan;
    }

    private static void Refuse(IReadOnlyList<PortUse> taken, StepReporter steps)
    {
        foreach (var use in taken)
        {
            steps.Line($"port {use.Port} ({use.Key}) is taken by {PortHolder.Describe(use.Port)}");
        }

        if (taken.Count > 0)
        {
            throw new HopFailureException("ports", "free them, or choose others with --port-base N");
        }
    }
}
