using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Federation.Rules;

internal static class RuleWords
{
    public static string Name(this RuleState state) => WireNames.Of(state);

    public static string Name(this RuleBind bind) => WireNames.Of(bind);
}
