using Culvert.Platform.Configuration;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Policy.Arguments;

namespace Culvert.Tunnel.Agent.Policy.Approvals;

/// <summary>Reads a rule's <c>require_approval</c>. A section that would have no effect is an error.</summary>
internal static class ApprovalReader
{
    /// <summary>The most arguments whose values a rule shows.</summary>
    internal const int MaxShown = 16;

    private const string Key = "require_approval";
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Usual = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    public static RuleApproval? Read(ConfigSection rule) => rule.Has(Key) ? ReadSection(rule.Section(Key)) : null;

    public static RuleApproval ReadSection(ConfigSection section)
    {
        var approval = new RuleApproval(
            section.Duration("expires", Usual, Shortest, Longest),
            ArgumentReader.ReadPointers(section, "show"),
            section.Int("approvers", 1, 1, 2),
            section.Url("page", required: false, Uri.UriSchemeHttps)
        );
        if (approval.Shown.Count > MaxShown)
        {
            section.Error("show", $"There are more than {MaxShown} pointers.", "Show what the decision depends on.");
        }

        return approval;
    }

    /// <summary>An approval applies to named calls, and only tools and prompts have arguments to show.</summary>
    public static void Check(ConfigSection section, PolicyRule rule)
    {
        if (rule.Approval is not { } approval)
        {
            return;
        }

        if (rule.Methods.Count > 0)
        {
            section.Error(
                Key,
                "Only calls of tools, prompts and resources can be approved.",
                "Write another rule for the methods."
            );
        }

        if (approval.Shown.Count > 0 && rule.Tools.Count + rule.Prompts.Count == 0)
        {
            section.Error(Key, "Only calls of tools and prompts have arguments to show.", "Remove show.");
        }
    }

    /// <summary>The first rule that allows a call decides: a rule without approval must not precede one with it.</summary>
    public static void CheckCovered(ConfigSection policy, IReadOnlyList<PolicyRule> rules)
    {
        for (var i = 0; i < rules.Count; i++)
        {
            if (rules[i].Approval is null)
            {
                continue;
            }

            var (rule, before) = (rules[i], rules.Take(i));
            var covering = before.FirstOrDefault(other =>
                other is { Effect: PolicyEffect.Allow, Approval: null, HasConditions: false, IsForEveryone: true }
                && (
                    Covers(other.Tools, rule.Tools)
                    || Covers(other.Prompts, rule.Prompts)
                    || Covers(other.Resources, rule.Resources)
                )
            );
            if (covering is not null)
            {
                policy.Error(
                    "rules",
                    $"The approval that {rule.Name} requires has no effect: {covering.Name} comes first and allows the same calls without it.",
                    $"Write {rule.Name} before {covering.Name}, or take the name out of {covering.Name}."
                );
            }
        }

        static bool Covers(IReadOnlyList<string> patterns, IReadOnlyList<string> names) =>
            names.Any(name => patterns.Any(pattern => Glob.Matches(pattern, name)));
    }
}
