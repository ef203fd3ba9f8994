namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary>
/// Builds nodes whose operands have types that the operation is defined for. Types are checked when the rule is saved,
/// as far as they are known then.
/// </summary>
/// <remarks>Every method throws <see cref="CelSyntaxException"/> with the position of the error.</remarks>
internal static class CelNodeFactory
{
    public static CelBinary Binary(int position, CelOperator operation, CelNode left, CelNode right) =>
        CelBinary.IsDefined(operation, left.Type, right.Type)
            ? Bounded(new CelBinary(position, operation, left, right))
            : throw new CelSyntaxException(
                position,
                $"{CelBinary.GetSymbol(operation)} is not defined for {left.Type.Name()} and {right.Type.Name()}; "
                    + "types are never converted."
            );

    public static CelUnary Negate(int position, CelNode operand) =>
        operand.Type.MayBe(CelType.Int, CelType.Double)
            ? Bounded(new CelUnary(position, isNot: false, operand))
            : throw new CelSyntaxException(position, $"- is not defined for {operand.Type.Name()}.");

    public static CelIndex ElementAt(int position, CelNode container, CelNode index) =>
        container.Type.MayBe(CelType.List, CelType.Map)
            ? Bounded(new CelIndex(position, container, index))
            : throw new CelSyntaxException(position, $"[] is not defined for {container.Type.Name()}.");

    public static CelSelect Select(CelNode operand, CelToken name) =>
        operand.Type.MayBe(CelType.Map)
            ? Bounded(new CelSelect(name.Position, operand, name.Text))
            : throw new CelSyntaxException(name.Position, $"{operand.Type.Name()} has no fields.");

    public static CelCall Size(CelToken name, CelNode target) =>
        target.Type.MayBe(CelType.String, CelType.List, CelType.Map)
            ? Bounded(new CelCall(name.Position, CelFunction.Size, target, argument: null))
            : throw new CelSyntaxException(name.Position, $"size is not defined for {target.Type.Name()}.");

    public static CelMatches Matches(CelToken name, CelNode target, CelNode argument)
    {
        RequireText(name, target);
        if (argument is not CelLiteral { Value: string text })
        {
            throw new CelSyntaxException(
                argument.Position,
                "the pattern of matches must be a string literal, so that it is checked when the rule is saved."
            );
        }

        return CelPattern.TryParse(text, out var pattern, out var error)
            ? Bounded(new CelMatches(name.Position, target, pattern))
            : throw new CelSyntaxException(argument.Position, error);
    }

    public static CelSyntaxException UnknownFunction(CelToken name) =>
        new(
            name.Position,
            CelFunctions.Remedy(name.Text) is { } remedy
                ? $"{name.Text} is not supported: {remedy}"
                : $"{name.Text} is unknown; supported functions: {CelFunctions.Supported}."
        );

    public static void RequireCount(CelToken name, List<CelNode> arguments, int count)
    {
        if (arguments.Count != count)
        {
            throw new CelSyntaxException(
                name.Position,
                $"{name.Text} takes {count} arguments here, not {arguments.Count}."
            );
        }
    }

    public static void RequireKey(CelNode key)
    {
        if (!key.Type.MayBe(CelType.String, CelType.Bool, CelType.Int, CelType.Uint))
        {
            throw new CelSyntaxException(key.Position, $"{key.Type.Name()} is not a valid type for a map key.");
        }
    }

    public static void RequireText(CelToken name, CelNode operand)
    {
        if (!operand.Type.MayBe(CelType.String))
        {
            throw new CelSyntaxException(operand.Position, $"{name.Text} needs a string, not {operand.Type.Name()}.");
        }
    }

    public static void RequireBool(CelNode operand, string symbol)
    {
        if (!operand.Type.MayBe(CelType.Bool))
        {
            throw new CelSyntaxException(operand.Position, $"{symbol} needs a bool, not {operand.Type.Name()}.");
        }
    }

    // The evaluation's stack is as deep as the expression.
    public static T Bounded<T>(T node)
        where T : CelNode =>
        node.Chain <= CelLimits.MaxChain
            ? node
            : throw new CelSyntaxException(
                node.Position,
                $"a chain of more than {CelLimits.MaxChain} operations; write a list with in, or several rules."
            );
}
