using Culvert.Identity.Service.Clock;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Status.Checks;

/// <summary>Checks that this node's wall clock agrees with its monotonic clock.</summary>
internal sealed class ClockStatusCheck(ClockGuard guard, StoreNode node) : IStatusCheck
{
    public string Name => "clock";

    public bool IsShownTo(Caller caller) => StatusRights.MayOperate(caller);

    public ValueTask<IReadOnlyList<StatusFinding>> RunAsync(Caller caller, CancellationToken cancellationToken)
    {
        var status = guard.Status();
        return new([
            status.IsTrusted
                ? StatusFinding.Ok($"The clock of node {node.Name} is trusted.")
                : StatusFinding.Problem(
                    node.Name,
                    $"The clock of node {node.Name} is {(long)(status.Now - status.Expected).TotalSeconds} s from the expected time; the node issues nothing.",
                    "Correct the clock, or run culvert clock confirm if it is right"
                ),
        ]);
    }
}
