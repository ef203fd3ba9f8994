using System.Collections.Frozen;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Policy;

/// <summary>Indexes globs that start and end with a star by two characters: only those in the name are tried.</summary>
internal sealed class GramIndex
{
    private readonly FrozenDictionary<int, (string Pattern, CompiledRule Rule)[]> byPair;
    private readonly (string Pattern, CompiledRule Rule)[] others; // no literal part has two characters

    public GramIndex(IReadOnlyList<(string Pattern, CompiledRule Rule)> globs)
    {
        byPair = globs
            .Where(g => GetLongestLiteral(g.Pattern).Length > 1)
            .GroupBy(g => Pair(GetLongestLiteral(g.Pattern), 0))
            .ToFrozenDictionary(g => g.Key, g => g.ToArray());
        others = [.. globs.Where(g => GetLongestLiteral(g.Pattern).Length <= 1)];
    }

    public void Find(ReadOnlySpan<char> name, in Caller caller, bool isUnclear, ref RuleMatch match)
    {
        Try(others, name, caller, isUnclear, ref match);
        if (byPair.Count == 0)
        {
            return;
        }

        // A pair that occurs twice is tried twice, which is harmless: finding a rule again changes nothing.
        for (var at = 0; at + 1 < name.Length; at++)
        {
            if (byPair.TryGetValue(Pair(name, at), out var found))
            {
                Try(found, name, caller, isUnclear, ref match);
            }
        }
    }

    private static void Try(
        (string Pattern, CompiledRule Rule)[] globs,
        ReadOnlySpan<char> name,
        in Caller caller,
        bool isUnclear,
        ref RuleMatch match
    )
    {
        foreach (var (pattern, rule) in globs)
        {
            if ((rule.IsDeny || !isUnclear) && rule.IsFor(caller) && Glob.Matches(pattern, name))
            {
                match.Add(rule);
            }
        }
    }

    private static int Pair(ReadOnlySpan<char> text, int at) => (text[at] << 16) | text[at + 1];

    private static string GetLongestLiteral(string pattern) => pattern.Split('*').MaxBy(part => part.Length)!;
}
