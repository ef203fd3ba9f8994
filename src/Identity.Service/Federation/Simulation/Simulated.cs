using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.Explain;

namespace Culvert.Identity.Service.Federation.Simulation;

/// <param name="Context">Evaluated with a trace.</param>
/// <param name="Denial">Null if the rule would grant.</param>
internal sealed record Simulated(CompiledRule Rule, AssertionContext Context, Denial? Denial)
{
    public string Decision => Denial is null ? "granted" : "denied";

    public int FailedConditions => Context.Trace!.FailedConditions.Count();

    /// <summary>Only conditions of the rule failed.</summary>
    public bool IsNearMiss => Denial is not null && FailedConditions > 0;

    public Explanation Explain() => new(Context, Denial);
}
