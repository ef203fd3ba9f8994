using Culvert.Testing;

namespace Culvert.Stage.Ports;

/// <summary>Says which ports of a plan are taken, and picks free blocks.</summary>
internal static class PortProbe
{
    /// <summary>The ports of a plan that another process holds.</summary>
    public static IReadOnlyList<PortUse> Taken(PortPlan plan) =>
        [.. plan.Uses.Where(use => !Loopback.IsFree(use.Port))];

    /// <summary>
    /// A block of which every port is free, below the ephemeral range, where no outgoing connection can take one of its
    /// ports before we listen on it.
    /// </summary>
    public static PortPlan FreeBlock()
    {
        for (var attempt = 0; attempt < 200; attempt++)
        {
            var first = 10_000 + (LoopbackPort.Free() * PortPlan.BlockSize % 20_000);
            var plan = PortPlan.FromBase(first);
            if (Taken(plan).Count == 0)
            {
                return plan;
            }
        }

        throw new InvalidOperationException("No block of free ports was found between 10000 and 30000.");
    }
}
