using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Policy.Budgets;

/// <summary>Whether a call is within its budget.</summary>
/// <param name="Failure">Null if the call is charged.</param>
/// <param name="RetryAfterSeconds">When the amount fits again; 0 for never.</param>
/// <param name="Charge">Null if nothing is charged.</param>
internal readonly record struct BudgetVerdict(Failure? Failure, int RetryAfterSeconds, BudgetCharge? Charge);
