using Culvert.Identity.Service.Federation.History;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Hosting;

namespace Culvert.Identity.Service.Federation.Lints;

/// <summary>
/// L17: what a rule alone does not show: that nobody uses it any more, that another one makes it superfluous, or that
/// the same workload can choose between grants.
/// </summary>
internal sealed class RuleInventory(IAuthenticationHistory history, ServiceOptions options, TimeProvider time)
{
    public const string Id = "L17";

    /// <summary>A rule without an exchange for so long is probably forgotten.</summary>
    public static readonly TimeSpan UnusedAfter = TimeSpan.FromDays(90);

    /// <summary>Findings about the organization's unarchived rules, by rule id.</summary>
    public async ValueTask<ILookup<string, Lint>> FindAsync(
        IReadOnlyList<CompiledRule> rules,
        CancellationToken cancellationToken
    )
    {
        var found = new List<(string RuleId, Lint Lint)>();
        var linted = rules
            .Where(rule => rule.IsLive)
            .Select(rule => new LintedRule(rule.Rule, rule.Issuer, options.PublicUrl))
            .ToList();
        foreach (var group in linted.GroupBy(rule => rule.Issuer.Id))
        {
            found.AddRange(Relate([.. group]));
        }

        foreach (var rule in linted)
        {
            if (await IsUnusedAsync(rule.Rule, cancellationToken))
            {
                found.Add(
                    Warn(
                        rule,
                        $"no token was exchanged by it for {UnusedAfter.TotalDays:0} days; archive or disable it."
                    )
                );
            }
        }

        return found.ToLookup(entry => entry.RuleId, entry => entry.Lint);
    }

    private static IEnumerable<(string, Lint)> Relate(IReadOnlyList<LintedRule> rules)
    {
        foreach (var rule in rules)
        {
            // Of two rules alike the older one stays.
            var shadow = rules.FirstOrDefault(other =>
                other != rule
                && RuleRelations.Covers(other, rule)
                && RuleRelations.GrantsAsMuch(other.Rule, rule.Rule)
                && (!RuleRelations.Covers(rule, other) || IsOlder(other, rule))
            );
            if (shadow is not null)
            {
                yield return Warn(
                    rule,
                    $"the rule {shadow.Rule.Name} admits the same and grants as much; archive one of both."
                );
                continue;
            }

            var overlapping = rules.FirstOrDefault(other =>
                other != rule
                && RuleRelations.Overlap(rule, other)
                && !RuleRelations.GrantsAsMuch(rule.Rule, other.Rule)
                && !RuleRelations.GrantsAsMuch(other.Rule, rule.Rule)
            );
            if (overlapping is not null)
            {
                yield return Warn(
                    rule,
                    $"the same token may satisfy {overlapping.Rule.Name} too, which grants something else: its holder "
                        + "chooses by naming the rule. Tell them apart by a claim."
                );
            }
        }
    }

    private async ValueTask<bool> IsUnusedAsync(Rule rule, CancellationToken cancellationToken)
    {
        var since = time.GetUtcNow() - UnusedAfter;
        if (rule.Stamps.CreatedAt > since)
        {
            return false;
        }

        var uses = await history.ListAsync(
            new HistoryQuery
            {
                OrganizationId = rule.OrganizationId,
                RuleId = rule.Id.Value,
                IsGranted = true,
                Since = since,
            },
            long.MaxValue,
            1,
            cancellationToken
        );
        return uses is { Rows.Count: 0, SearchedTo: null };
    }

    private static bool IsOlder(LintedRule a, LintedRule b) =>
        (a.Rule.Stamps.CreatedAt, a.Rule.Id.Value).CompareTo((b.Rule.Stamps.CreatedAt, b.Rule.Id.Value)) < 0;

    private static (string, Lint) Warn(LintedRule rule, string message) =>
        (rule.Rule.Id.Value, Lint.Warning(Id, $"{rule.Rule.Name}: {message}"));
}
