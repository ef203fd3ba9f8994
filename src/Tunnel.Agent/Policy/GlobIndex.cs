using System.Collections.Frozen;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Policy;

/// <summary>Indexes globs by the literal text at one of their ends: one look-up for each length that occurs.</summary>
internal sealed class GlobIndex
{
    private readonly bool fromEnd;
    private readonly int[] lengths;
    private readonly FrozenDictionary<string, (string Pattern, CompiledRule Rule)[]> globs;

    public GlobIndex(
        IEnumerable<(string Pattern, CompiledRule Rule)> entries,
        Func<string, string> literal,
        bool fromEnd
    )
    {
        this.fromEnd = fromEnd;
        globs = entries
            .GroupBy(e => literal(e.Pattern), StringComparer.Ordinal)
            .ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);
        lengths = [.. globs.Keys.Select(k => k.Length).Distinct().Order()];
    }

    public void Find(ReadOnlySpan<char> name, in Caller caller, bool isUnclear, ref RuleMatch match)
    {
        if (lengths.Length == 0)
        {
            return;
        }

        var bySpan = globs.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var length in lengths)
        {
            if (length > name.Length)
            {
                return;
            }

            if (!bySpan.TryGetValue(fromEnd ? name[^length..] : name[..length], out var found))
            {
                continue;
            }

            foreach (var (pattern, rule) in found)
            {
                if ((rule.IsDeny || !isUnclear) && rule.IsFor(caller) && Glob.Matches(pattern, name))
                {
                    match.Add(rule);
                }
            }
        }
    }
}
