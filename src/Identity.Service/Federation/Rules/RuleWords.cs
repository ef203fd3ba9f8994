using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Federation.Rules;

/// <summary>The names of a rule's settings on the wire, in the store and in audit.</summary>
internal static class RuleWords
{
    public static string Name(this RuleState state) => WireNames.Of(state);

    public static string Name(this RuleBind bind) => WireNames.Of(bind);
}
