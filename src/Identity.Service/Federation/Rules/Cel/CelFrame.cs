using Culvert.Identity.Service.Federation.Rules.Conditions;

namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary>One evaluation: the claims, the groups, the variables of macros, and the remaining steps.</summary>
internal sealed class CelFrame(CelMap? claims, int slots, PersonGroups? groups = null)
{
    private int steps = CelLimits.MaxSteps;

    /// <summary>An error if the claims are not known.</summary>
    public object Claims => (object?)claims ?? CelErrorValue.Unknown;

    /// <summary>Null if they are not known.</summary>
    public PersonGroups? Groups => groups;

    public object[] Variables { get; } = slots == 0 ? [] : new object[slots];

    /// <summary>Results computed after that are void.</summary>
    public bool IsOverBudget => steps < 0;

    public int StepsTaken => CelLimits.MaxSteps - steps;

    /// <summary>False if the budget is used up, which is permanent.</summary>
    public bool Spend(int count)
    {
        if (steps < 0)
        {
            return false;
        }

        steps -= count;
        return steps >= 0;
    }

    /// <summary>The cost of reading a text.</summary>
    public bool SpendOn(string text) => Spend(1 + (text.Length / CelLimits.CharactersPerStep));
}
