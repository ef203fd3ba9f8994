using Culvert.Identity.Service.Federation.Rules.Conditions;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary>A checked expression: a condition on claims whose cost is limited whatever the claims are.</summary>
internal sealed class CelProgram
{
    private readonly int slots;

    private CelProgram(string text, CelNode root, int slots)
    {
        Text = text;
        Root = root;
        this.slots = slots;
        Reads = CelReads.Find(root);
    }

    public string Text { get; }

    public CelNode Root { get; }

    /// <summary>What its evaluation needs.</summary>
    public CelReads Reads { get; }

    /// <summary>Refuses text outside of the subset, non-conditions, and expressions independent of the claims.</summary>
    public static bool TryCompile(string text, out CelProgram program, out CelError error)
    {
        program = null!;
        error = null!;
        if (text.Length > CelLimits.MaxLength)
        {
            error = new CelError(CelLimits.MaxLength + 1, $"longer than {CelLimits.MaxLength} characters.");
            return false;
        }

        try
        {
            var (root, slots) = CelParser.Parse(text);
            program = new CelProgram(text, root, slots);
        }
        catch (CelSyntaxException refused)
        {
            error = refused.Error;
            return false;
        }

        error = program.CheckMeaning()!;
        return error is null;
    }

    /// <summary>True, false, or an error. Never throws; takes at most <see cref="CelLimits.MaxSteps"/>.</summary>
    public CelResult Evaluate(ClaimSet claims, PersonGroups? groups = null) =>
        Evaluate(new CelFrame(new CelClaims(claims), slots, groups));

    private CelResult Evaluate(CelFrame frame)
    {
        var value = Root.Evaluate(frame);
        if (frame.IsOverBudget)
        {
            return new CelResult(null, CelErrorValue.OverBudget.Message, frame.StepsTaken);
        }

        return value switch
        {
            bool holds => new CelResult(holds, null, frame.StepsTaken),
            CelErrorValue error => new CelResult(null, error.Message, frame.StepsTaken),
            _ => new CelResult(
                null,
                $"the result is not a bool but {CelTypes.TypeFor(value).Name()}",
                frame.StepsTaken
            ),
        };
    }

    private CelError? CheckMeaning()
    {
        if (!Root.Type.MayBe(CelType.Bool))
        {
            return new CelError(Root.Position, $"a condition is a bool, and this is {Root.Type.Name()}.");
        }

        // A result without the claims is the same for every token.
        return Evaluate(new CelFrame(null, slots)).Holds is { } constant
            ? new CelError(Root.Position, $"this is {(constant ? "true" : "false")} whatever the claims are.")
            : null;
    }
}
