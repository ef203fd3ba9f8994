namespace Culvert.Tunnel.Agent.Policy.Budgets;

/// <summary>What a budget counts for.</summary>
internal enum BudgetKey
{
    /// <summary>Each person, whatever the person calls of what the rule names, and with whatever client.</summary>
    Principal,

    /// <summary>Each person and client.</summary>
    Client,

    /// <summary>Each person and name.</summary>
    Tool,

    /// <summary>All calls that the rule allows together.</summary>
    Rule,
}
