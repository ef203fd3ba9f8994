using System.Text;
using Culvert.Platform.Configuration;
using Culvert.Tunnel.Agent.Policy.Arguments;

namespace Culvert.Tunnel.Agent.Policy.Budgets;

internal static class BudgetReader
{
    private const int MaxAgents = 1000;
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    public static RuleBudget Read(ConfigSection section)
    {
        var of = ArgumentReader.ReadPointer(section, "of");
        var per = section.Duration("per", TimeSpan.FromHours(24), Shortest, Longest);
        var key = section.Choice("key", "principal", "principal", "client", "tool", "rule") switch
        {
            "client" => BudgetKey.Client,
            "tool" => BudgetKey.Tool,
            "rule" => BudgetKey.Rule,
            _ => BudgetKey.Principal,
        };
        var budget = new RuleBudget(of, per, ReadLimit(section), key, section.Int("agents", 1, 1, MaxAgents));
        if (!section.Has("per"))
        {
            section.Error("per", "A budget is for a span of time.", "Write one from 1m to 366d, such as 24h.");
        }

        return budget;
    }

    private static Amount ReadLimit(ConfigSection section)
    {
        if (
            section.Literal("limit") is { Kind: ConfigLiteralKind.Number } limit
            && Amount.TryRead(Encoding.ASCII.GetBytes(limit.Text), out var amount)
        )
        {
            return amount;
        }

        section.Error(
            "limit",
            "A budget has a limit: a number that is not negative, with at most 20 digits before the point and 12 after it.",
            "Write the largest sum, such as 10000 or 99.5."
        );
        return default;
    }
}
