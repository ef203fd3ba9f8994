namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary>Operands have the same type; overflow and division by zero are errors, doubles follow IEEE 754.</summary>
internal static class CelArithmetic
{
    private static readonly CelErrorValue Overflow = new("an integer overflows");

    public static object Compute(CelOperator operation, object left, object right, CelFrame frame)
    {
        try
        {
            return (left, right) switch
            {
                (long a, long b) => (object)Ints(operation, a, b),
                (ulong a, ulong b) => Uints(operation, a, b),
                (double a, double b) when operation != CelOperator.Modulo => Doubles(operation, a, b),
                (string a, string b) when operation == CelOperator.Add => frame.SpendOn(a) && frame.SpendOn(b)
                    ? a + b
                    : CelErrorValue.OverBudget,
                (CelList a, CelList b) when operation == CelOperator.Add => frame.Spend(a.Items.Count + b.Items.Count)
                    ? new CelList([.. a.Items, .. b.Items])
                    : CelErrorValue.OverBudget,
                _ => CelErrorValue.NoOverload(CelBinary.GetSymbol(operation), left, right),
            };
        }
        catch (OverflowException)
        {
            return Overflow;
        }
        catch (DivideByZeroException)
        {
            return new CelErrorValue("a division by zero");
        }
    }

    private static long Ints(CelOperator operation, long a, long b) =>
        operation switch
        {
            CelOperator.Add => checked(a + b),
            CelOperator.Subtract => checked(a - b),
            CelOperator.Multiply => checked(a * b),
            CelOperator.Divide => a / b,
            _ => b == -1 ? 0L : a % b,
        };

    private static ulong Uints(CelOperator operation, ulong a, ulong b) =>
        operation switch
        {
            CelOperator.Add => checked(a + b),
            CelOperator.Subtract => checked(a - b),
            CelOperator.Multiply => checked(a * b),
            CelOperator.Divide => a / b,
            _ => a % b,
        };

    private static double Doubles(CelOperator operation, double a, double b) =>
        operation switch
        {
            CelOperator.Add => a + b,
            CelOperator.Subtract => a - b,
            CelOperator.Multiply => a * b,
            _ => a / b,
        };
}
