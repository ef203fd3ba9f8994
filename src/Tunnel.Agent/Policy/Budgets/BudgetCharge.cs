namespace Culvert.Tunnel.Agent.Policy.Budgets;

/// <summary>What one call is charged.</summary>
/// <param name="Account">Of whom and what; see <see cref="BudgetLedger"/>.</param>
/// <param name="EndsAtMs">When it stops counting, in Unix milliseconds.</param>
/// <param name="Amount">How much.</param>
internal sealed record BudgetCharge(string Account, long EndsAtMs, Amount Amount);
