using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Policy.Budgets;

/// <param name="Failure">Null if the call is charged.</param>
/// <param name="RetryAfterSeconds">When the amount fits again; 0 for never.</param>
internal readonly record struct BudgetVerdict(Failure? Failure, int RetryAfterSeconds, BudgetCharge? Charge);
