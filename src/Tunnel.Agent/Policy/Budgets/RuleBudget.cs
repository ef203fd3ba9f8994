using Culvert.Tunnel.Agent.Policy.Arguments;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Policy.Budgets;

/// <summary>How much the calls that a rule allows may ask for within a span of time.</summary>
/// <param name="Of">The argument whose numbers are added up.</param>
/// <param name="Per">In no span of this length more than the limit is charged.</param>
/// <param name="Limit">The largest sum, of all agents of the tunnel together.</param>
/// <param name="Key">Whose sum.</param>
/// <param name="Agents">How many agents share it: each spends an equal part.</param>
internal sealed record RuleBudget(JsonPointer Of, TimeSpan Per, Amount Limit, BudgetKey Key, int Agents)
{
    /// <summary>What this agent may charge.</summary>
    public Amount OwnLimit => Limit.DividedBy(Agents);

    /// <summary>What must be true of the argument for it to be added up.</summary>
    public ArgumentConstraint Constraint => new() { At = Of, Conditions = [new AmountCondition()] };
}
