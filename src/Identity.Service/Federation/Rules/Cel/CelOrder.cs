namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary>
/// <c>&lt;</c>, <c>&lt;=</c>, <c>&gt;</c>, <c>&gt;=</c>: numbers by value, strings by code points, false before true.
/// </summary>
internal static class CelOrder
{
    public static object Compare(CelOperator operation, object left, object right, CelFrame frame)
    {
        int? order;
        if (CelNumbers.IsNumber(left) && CelNumbers.IsNumber(right))
        {
            order = CelNumbers.Compare(left, right);
        }
        else if (left is string a && right is string b)
        {
            if (!frame.SpendOn(a.Length < b.Length ? a : b))
            {
                return CelErrorValue.OverBudget;
            }

            order = ByCodePoint(a, b);
        }
        else if (left is bool c && right is bool d)
        {
            order = c.CompareTo(d);
        }
        else
        {
            return CelErrorValue.NoOverload(CelBinary.GetSymbol(operation), left, right);
        }

        return operation switch
        {
            CelOperator.Less => order < 0,
            CelOperator.LessOrEqual => order <= 0,
            CelOperator.Greater => order > 0,
            _ => order >= 0,
        };
    }

    // A comparison of UTF-16 units would sort U+FFFF after U+10000.
    private static int ByCodePoint(string left, string right)
    {
        var a = left.EnumerateRunes();
        var b = right.EnumerateRunes();
        while (true)
        {
            var more = a.MoveNext();
            if (!b.MoveNext())
            {
                return more ? 1 : 0;
            }

            if (!more)
            {
                return -1;
            }

            var order = a.Current.CompareTo(b.Current);
            if (order != 0)
            {
                return order;
            }
        }
    }
}
