using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Policy;

/// <summary>Rules that may concern the same callers, indexed by name.</summary>
internal sealed class RuleBucket
{
    private readonly NameIndex?[] kinds;

    public RuleBucket(IReadOnlyList<(PolicyRule Rule, CompiledRule Compiled)> rules) =>
        kinds = [.. Enum.GetValues<TargetKind>().Select(kind => CreateIndex(kind, rules))];

    public void Find(TargetKind kind, string name, in Caller caller, bool isUnclear, ref RuleMatch match) =>
        kinds[(int)kind]?.Find(name, caller, isUnclear, ref match);

    private static NameIndex? CreateIndex(
        TargetKind kind,
        IReadOnlyList<(PolicyRule Rule, CompiledRule Compiled)> rules
    )
    {
        var entries = rules.SelectMany(r => r.Rule.GetNames(kind).Select(name => (name, r.Compiled))).ToList();
        return entries.Count > 0 ? new NameIndex(entries) : null;
    }
}
