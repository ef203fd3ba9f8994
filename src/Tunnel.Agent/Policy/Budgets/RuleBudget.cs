using Culvert.Tunnel.Agent.Policy.Arguments;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Policy.Budgets;

/// <summary>The largest sum that the calls of a rule may reach within a period.</summary>
/// <param name="Of">The argument whose numbers are added up.</param>
/// <param name="Per">In no period of this length more than the limit is charged.</param>
/// <param name="Limit">For all agents of the tunnel together.</param>
/// <param name="Agents">How many agents share the limit: each may charge an equal part.</param>
internal sealed record RuleBudget(JsonPointer Of, TimeSpan Per, Amount Limit, BudgetKey Key, int Agents)
{
    public Amount OwnLimit => Limit.DividedBy(Agents);

    public ArgumentConstraint Constraint => new() { At = Of, Conditions = [new AmountCondition()] };
}
