using Culvert.Identity.Service.Clock;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Doctor;

namespace Culvert.Identity.Service.Status.Checks;

/// <summary>Checks that this node's wall clock agrees with its monotonic clock.</summary>
internal sealed class ClockStatusCheck(ClockGuard guard, StoreNode node) : StatusCheck("clock")
{
    public override Task<IEnumerable<DoctorFinding>> RunAsync(Caller caller, CancellationToken cancellationToken)
    {
        var status = guard.Status();
        return Task.FromResult<IEnumerable<DoctorFinding>>([
            status.IsTrusted
                ? Ok($"The clock of node {node.Name} is trusted.")
                : Problem(
                    node.Name,
                    $"The clock of node {node.Name} is {(long)(status.Now - status.Expected).TotalSeconds} s from the expected time; the node issues nothing.",
                    ClockErrors.Unsynchronised.NextStep
                ),
        ]);
    }
}
