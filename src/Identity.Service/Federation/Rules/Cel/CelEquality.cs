namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary>
/// The specification's heterogeneous equality: values of different types are not equal, but numbers are compared across
/// their types. Nothing is converted: the string "1" is not the number 1.
/// </summary>
internal static class CelEquality
{
    /// <summary>A boolean, or an error if one of the values contains one and nothing else decides.</summary>
    public static object Compare(object left, object right, CelFrame frame)
    {
        if (!frame.Spend(1))
        {
            return CelErrorValue.OverBudget;
        }

        return (left, right) switch
        {
            (CelErrorValue error, _) => error,
            (_, CelErrorValue error) => error,
            (string a, string b) => Strings(a, b, frame),
            (bool a, bool b) => a == b,
            (CelNull, CelNull) => true,
            (CelList a, CelList b) => Lists(a, b, frame),
            (CelMap a, CelMap b) => Maps(a, b, frame),
            _ => CelNumbers.IsNumber(left) && CelNumbers.IsNumber(right) && CelNumbers.Compare(left, right) == 0,
        };
    }

    private static object Strings(string left, string right, CelFrame frame)
    {
        if (left.Length != right.Length)
        {
            return false;
        }

        return frame.SpendOn(left) ? string.Equals(left, right, StringComparison.Ordinal) : CelErrorValue.OverBudget;
    }

    private static object Lists(CelList left, CelList right, CelFrame frame)
    {
        if (left.Items.Count != right.Items.Count)
        {
            return false;
        }

        object result = true;
        for (var i = 0; i < left.Items.Count; i++)
        {
            var equal = Compare(left.Items[i], right.Items[i], frame);
            if (equal is false)
            {
                return false;
            }

            result = equal is CelErrorValue ? equal : result;
        }

        return result;
    }

    private static object Maps(CelMap left, CelMap right, CelFrame frame)
    {
        if (left.Count != right.Count)
        {
            return false;
        }

        object result = true;
        foreach (var key in left.Keys)
        {
            if (right.Find(key, frame) is not { } other)
            {
                return false;
            }

            var equal = Compare(left.Find(key, frame)!, other, frame);
            if (equal is false)
            {
                return false;
            }

            result = equal is CelErrorValue ? equal : result;
        }

        return result;
    }
}
