namespace Culvert.Tunnel.Agent.Policy.Budgets;

/// <summary>The charge of one call.</summary>
/// <param name="Account">The hashed account; see <see cref="BudgetLedger"/>.</param>
/// <param name="EndsAtMs">When the charge expires, in Unix milliseconds.</param>
/// <param name="Amount">How much.</param>
internal sealed record BudgetCharge(string Account, long EndsAtMs, Amount Amount);
