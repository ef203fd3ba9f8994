using Culvert.Identity.Service.Federation.Rules.Conditions;

namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary>
/// An error as a value: every operation passes it on, except <c>&amp;&amp;</c>, <c>||</c>, <c>all</c> and <c>exists</c>
/// if they are decided without it. The message names claims and types, never a claim's value.
/// </summary>
internal sealed class CelErrorValue(string message)
{
    /// <summary>The claims are not known: a result without this error holds for every token.</summary>
    public static readonly CelErrorValue Unknown = new("the claims are not known");

    public static readonly CelErrorValue UnknownGroups = new("the groups of the directory are not known");

    public static readonly CelErrorValue TooManyGroups = new(
        $"the person is in more than {PersonGroups.Max} groups of the directory"
    );

    public static readonly CelErrorValue OverBudget = new("the condition costs more than is allowed");

    public string Message => message;

    public static CelErrorValue NoOverload(string operation, params ReadOnlySpan<object> operands)
    {
        var types = new List<string>();
        foreach (var operand in operands)
        {
            types.Add(CelTypes.TypeFor(operand).Name());
        }

        return new CelErrorValue($"{operation} is not defined for {string.Join(" and ", types)}");
    }
}
