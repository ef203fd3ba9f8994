namespace Culvert.Identity.Service.Federation.Rules;

/// <summary>The spelling of a rule's choices on the wire, in the store and in audit.</summary>
internal static class RuleWords
{
    private static readonly string[] States = ["draft", "audit", "enforce", "disabled"];
    private static readonly string[] Binds = ["any", "dpop", "mtls", "none"];

    public static string Name(this RuleState state) => States[(int)state];

    public static string Name(this RuleBind bind) => Binds[(int)bind];

    public static RuleState? State(string text) => Array.IndexOf(States, text) is >= 0 and var i ? (RuleState)i : null;

    public static RuleBind? Bind(string text) => Array.IndexOf(Binds, text) is >= 0 and var i ? (RuleBind)i : null;
}
