namespace Culvert.Tunnel.Agent.Policy.Budgets;

internal enum BudgetKey
{
    /// <summary>Each person, for all names of the rule and all clients together.</summary>
    Principal,

    /// <summary>Each person and client.</summary>
    Client,

    /// <summary>Each person and name.</summary>
    Tool,

    Rule,
}
