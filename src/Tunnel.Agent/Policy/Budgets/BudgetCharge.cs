namespace Culvert.Tunnel.Agent.Policy.Budgets;

/// <param name="Account">The hashed account; see <see cref="BudgetLedger"/>.</param>
/// <param name="EndsAtMs">When the charge expires, in Unix milliseconds.</param>
internal sealed record BudgetCharge(string Account, long EndsAtMs, Amount Amount);
