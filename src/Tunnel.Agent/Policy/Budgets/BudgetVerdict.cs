using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Policy.Budgets;

/// <summary>Whether a call is within its budget.</summary>
/// <param name="Failure">Null when it is, and is charged.</param>
/// <param name="RetryAfterSeconds">When the amount fits again; 0 = never.</param>
/// <param name="Charge">What is charged; null for nothing.</param>
internal readonly record struct BudgetVerdict(Failure? Failure, int RetryAfterSeconds, BudgetCharge? Charge);
