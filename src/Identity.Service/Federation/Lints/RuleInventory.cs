using Culvert.Identity.Service.Federation.History;
using Culvert.Identity.Service.Settings;

namespace Culvert.Identity.Service.Federation.Lints;

/// <summary>
/// L17: what a single rule does not show: that it is no longer used, that another rule makes it superfluous, or that
/// the same workload can choose between grants.
/// </summary>
internal sealed class RuleInventory(IAuthenticationHistory history, ServiceIdentity identity, TimeProvider time)
{
    public const string Id = "L17";

    /// <summary>A rule without an exchange for so long is probably forgotten.</summary>
    public static readonly TimeSpan UnusedAfter = TimeSpan.FromDays(90);

    /// <summary>The most rules of one issuer that are compared with each other: every pair is checked.</summary>
    public const int MaxRelated = 1_000;

    /// <summary>Findings about an organization's unarchived rules, by rule id, and whether all were checked.</summary>
    public async ValueTask<(ILookup<string, Lint> Found, bool IsComplete)> FindAsync(
        IReadOnlyList<CompiledRule> rules,
        CancellationToken cancellationToken
    )
    {
        var found = new List<(string RuleId, Lint Lint)>();
        var linted = rules
            .Where(rule => rule.IsLive)
            .Select(rule => new LintedRule(rule.Rule, rule.Issuer, identity.PublicUrl))
            .ToList();
        var isRelated = true;
        foreach (var group in linted.GroupBy(rule => rule.Issuer.Id))
        {
            var related = group.OrderByDescending(rule => rule.Rule.Stamps.CreatedAt).Take(MaxRelated + 1).ToList();
            isRelated &= related.Count <= MaxRelated;
            found.AddRange(Relate([.. related.Take(MaxRelated)]));
        }

        var (unused, isSearched) = await UnusedAsync(linted, cancellationToken);
        found.AddRange(
            unused.Select(rule =>
                Warn(rule, $"no token was exchanged by it for {UnusedAfter.TotalDays:0} days; archive or disable it.")
            )
        );
        return (found.ToLookup(entry => entry.RuleId, entry => entry.Lint), isRelated && isSearched);
    }

    private static IEnumerable<(string, Lint)> Relate(IReadOnlyList<LintedRule> rules)
    {
        foreach (var rule in rules)
        {
            // Of two equal rules, the newer one has the finding.
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
                    $"the rule {shadow.Rule.Name} admits the same tokens and grants the same rights; archive one of the two."
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
                    $"the same token may satisfy {overlapping.Rule.Name} too, which grants other rights: its holder "
                        + "chooses by naming the rule. Distinguish the rules by a claim."
                );
            }
        }
    }

    // One search for all rules: separate ones would read the same entries again.
    private async ValueTask<(IReadOnlyList<LintedRule> Unused, bool IsComplete)> UnusedAsync(
        IReadOnlyList<LintedRule> rules,
        CancellationToken cancellationToken
    )
    {
        var since = time.GetUtcNow() - UnusedAfter;
        var old = rules.Where(rule => rule.Rule.Stamps.CreatedAt <= since).ToList();
        if (old.Count == 0)
        {
            return ([], true);
        }

        var (used, isComplete) = await history.UsedRulesAsync(
            old[0].Rule.OrganizationId,
            old.Select(rule => rule.Rule.Id.Value).ToHashSet(StringComparer.Ordinal),
            since,
            cancellationToken
        );
        // If the search stopped early, a rule that it did not find may be in use.
        return (isComplete ? [.. old.Where(rule => !used.Contains(rule.Rule.Id.Value))] : [], isComplete);
    }

    private static bool IsOlder(LintedRule a, LintedRule b) =>
        (a.Rule.Stamps.CreatedAt, a.Rule.Id.Value).CompareTo((b.Rule.Stamps.CreatedAt, b.Rule.Id.Value)) < 0;

    private static (string, Lint) Warn(LintedRule rule, string message) =>
        (rule.Rule.Id.Value, Lint.Warning(Id, $"{rule.Rule.Name}: {message}"));
}
