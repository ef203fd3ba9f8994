namespace Culvert.Tunnel.Agent.Policy.Budgets;

/// <summary>What a budget counts for.</summary>
internal enum BudgetKey
{
    /// <summary>Each principal, whatever it calls of what the rule names.</summary>
    Principal,

    /// <summary>Each principal and name.</summary>
    Tool,

    /// <summary>All calls that the rule allows together.</summary>
    Rule,
}
