using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Federation.Rules;

internal static class RuleWords
{
    public static string Name(this RuleState state) => WireNames.Get(state);

    public static string Name(this SubjectType type) => WireNames.Get(type);

    public static string Name(this RuleBind bind) => WireNames.Get(bind);
}
