namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary>Compares numbers of different types by their mathematical value, without rounding.</summary>
internal static class CelNumbers
{
    public static bool IsNumber(object value) => value is long or ulong or double;

    /// <summary>Negative, zero or positive; null if one is not a number (NaN).</summary>
    public static int? Compare(object left, object right) =>
        (left, right) switch
        {
            (long a, long b) => a.CompareTo(b),
            (ulong a, ulong b) => a.CompareTo(b),
            (double a, double b) => double.IsNaN(a) || double.IsNaN(b) ? null : a.CompareTo(b),
            (long a, ulong b) => a < 0 ? -1 : ((ulong)a).CompareTo(b),
            (ulong a, long b) => b < 0 ? 1 : a.CompareTo((ulong)b),
            (double a, _) => -Compare(right, a),
            (long a, double b) => Compare(a, b),
            (ulong a, double b) => Compare(a, b),
            _ => null,
        };

    private static int? Compare(long left, double right)
    {
        const double Beyond = 9_223_372_036_854_775_808.0;
        if (double.IsNaN(right))
        {
            return null;
        }

        if (right >= Beyond)
        {
            return -1;
        }

        if (right < -Beyond)
        {
            return 1;
        }

        var whole = Math.Truncate(right);
        var order = left.CompareTo((long)whole);
        return order != 0 ? order : -Math.Sign(right - whole);
    }

    private static int? Compare(ulong left, double right)
    {
        const double Beyond = 18_446_744_073_709_551_616.0;
        if (double.IsNaN(right))
        {
            return null;
        }

        if (right >= Beyond)
        {
            return -1;
        }

        if (right < 0)
        {
            return 1;
        }

        var whole = Math.Truncate(right);
        var order = left.CompareTo((ulong)whole);
        return order != 0 ? order : -Math.Sign(right - whole);
    }
}
