namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary>An operator that evaluates both operands: all except <c>&amp;&amp;</c> and <c>||</c>.</summary>
internal sealed class CelBinary(int position, CelOperator operation, CelNode left, CelNode right)
    : CelNode(position, GetResultType(operation, left.Type, right.Type), Above(left, right))
{
    private static readonly string[] Symbols = ["==", "!=", "<", "<=", ">", ">=", "in", "+", "-", "*", "/", "%"];

    public CelOperator Operation => operation;

    public CelNode Left => left;

    public CelNode Right => right;

    public override IReadOnlyList<CelNode> Children => [left, right];

    public static string GetSymbol(CelOperator operation) => Symbols[(int)operation];

    /// <summary>Whether the operator has any result for operands of these types.</summary>
    public static bool IsDefined(CelOperator operation, CelType left, CelType right)
    {
        if (operation == CelOperator.In)
        {
            return right.MayBe(CelType.List, CelType.Map);
        }

        if (left == CelType.Dyn || right == CelType.Dyn)
        {
            var known = left == CelType.Dyn ? right : left;
            return operation switch
            {
                CelOperator.Equal or CelOperator.NotEqual => true,
                CelOperator.Add => known.MayBe(CelType.Int, CelType.Uint, CelType.Double, CelType.String, CelType.List),
                CelOperator.Modulo => known.MayBe(CelType.Int, CelType.Uint),
                CelOperator.Subtract or CelOperator.Multiply or CelOperator.Divide => known.MayBe(
                    CelType.Int,
                    CelType.Uint,
                    CelType.Double
                ),
                _ => known.MayBe(CelType.Int, CelType.Uint, CelType.Double, CelType.String, CelType.Bool),
            };
        }

        return operation switch
        {
            CelOperator.Equal or CelOperator.NotEqual => left == right,
            CelOperator.Add => left == right && (left.IsNumber() || left is CelType.String or CelType.List),
            CelOperator.Subtract or CelOperator.Multiply or CelOperator.Divide => left == right && left.IsNumber(),
            CelOperator.Modulo => left == right && left is CelType.Int or CelType.Uint,
            _ => (left.IsNumber() && right.IsNumber()) || (left == right && left is CelType.String or CelType.Bool),
        };
    }

    protected override object Compute(CelFrame frame)
    {
        var a = left.Evaluate(frame);
        var b = right.Evaluate(frame);
        if ((a as CelErrorValue ?? b as CelErrorValue) is { } error)
        {
            return error;
        }

        return operation switch
        {
            CelOperator.Equal => CelEquality.Compare(a, b, frame),
            CelOperator.NotEqual => Not(CelEquality.Compare(a, b, frame)),
            CelOperator.In => CelMembership.Contains(a, b, frame),
            < CelOperator.In => CelOrder.Compare(operation, a, b, frame),
            _ => CelArithmetic.Compute(operation, a, b, frame),
        };
    }

    private static object Not(object equal) => equal is bool truth ? !truth : equal;

    private static CelType GetResultType(CelOperator operation, CelType left, CelType right) =>
        operation <= CelOperator.In ? CelType.Bool
        : left == CelType.Dyn ? right
        : left;
}
