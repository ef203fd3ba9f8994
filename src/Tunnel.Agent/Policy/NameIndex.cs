using System.Collections.Frozen;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Policy;

/// <summary>
/// Finds the rules for a name: exact names by one look-up, globs by their literal start or end, others by two
/// characters inside, so that a thousand rules cost as much as a few. Searching allocates nothing.
/// </summary>
internal sealed class NameIndex
{
    // Trying this few in sequence is faster than one look-up.
    private const int Few = 4;

    private readonly (string Pattern, bool IsGlob, CompiledRule Rule)[] few = [];
    private readonly FrozenDictionary<string, CompiledRule[]> exact;
    private readonly GlobIndex byPrefix;
    private readonly GlobIndex bySuffix;
    private readonly GramIndex others;
    private readonly bool isEmpty;

    public NameIndex(IReadOnlyList<(string Pattern, CompiledRule Rule)> entries)
    {
        if (entries.Count <= Few)
        {
            few = [.. entries.Select(e => (e.Pattern, e.Pattern.Contains('*'), e.Rule))];
            entries = [];
        }

        isEmpty = entries.Count == 0;
        exact = entries
            .Where(e => !e.Pattern.Contains('*'))
            .GroupBy(e => e.Pattern, e => e.Rule, StringComparer.Ordinal)
            .ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);
        var globs = entries.Where(e => e.Pattern.Contains('*')).ToList();
        byPrefix = new GlobIndex(globs.Where(e => Prefix(e.Pattern).Length > 0), Prefix, fromEnd: false);
        bySuffix = new GlobIndex(
            globs.Where(e => Prefix(e.Pattern).Length == 0 && Suffix(e.Pattern).Length > 0),
            Suffix,
            fromEnd: true
        );
        others = new GramIndex([.. globs.Where(e => Prefix(e.Pattern).Length == 0 && Suffix(e.Pattern).Length == 0)]);
    }

    /// <param name="isUnclear">Patterns may deny the name but not allow it.</param>
    public void Find(string name, in Caller caller, bool isUnclear, ref RuleMatch match)
    {
        foreach (var (pattern, isGlob, rule) in few)
        {
            if (
                (isGlob ? (rule.IsDeny || !isUnclear) && Glob.Matches(pattern, name) : pattern == name)
                && rule.IsFor(caller)
            )
            {
                match.Add(rule);
            }
        }

        if (isEmpty)
        {
            return;
        }

        if (exact.TryGetValue(name, out var rules))
        {
            foreach (var rule in rules)
            {
                if (rule.IsFor(caller))
                {
                    match.Add(rule);
                }
            }
        }

        byPrefix.Find(name, caller, isUnclear, ref match);
        bySuffix.Find(name, caller, isUnclear, ref match);
        others.Find(name, caller, isUnclear, ref match);
    }

    private static string Prefix(string pattern) => pattern[..pattern.IndexOf('*', StringComparison.Ordinal)];

    private static string Suffix(string pattern) => pattern[(pattern.LastIndexOf('*') + 1)..];
}
