using System.Globalization;
using System.Text;

namespace Culvert.Tunnel.Agent.Pins;

/// <summary>Writes a number as ECMAScript does (RFC 8785 §3.2.2.3, ECMA-262 §7.1.12.1).</summary>
internal static class CanonicalNumber
{
    // ECMA-262: between these exponents a number is written without an exponent.
    private const int LeastPlain = -6;
    private const int MostPlain = 21;

    /// <exception cref="FormatException">The number is not finite, which JSON cannot express.</exception>
    public static string Format(double value)
    {
        if (!double.IsFinite(value))
        {
            throw new FormatException("The number is too large.");
        }

        if (value == 0)
        {
            return "0"; // negative zero too
        }

        // .NET writes the shortest digits that read back as the same number, as ECMAScript does.
        var (digits, point) = Split(Math.Abs(value).ToString("R", CultureInfo.InvariantCulture));
        return (value < 0 ? "-" : "") + Write(digits, point);
    }

    // The digits without leading and trailing zeros, and the number of digits before the decimal point.
    private static (string Digits, int Point) Split(string shortest)
    {
        var exponentAt = shortest.IndexOf('E', StringComparison.Ordinal);
        var mantissa = exponentAt < 0 ? shortest : shortest[..exponentAt];
        var exponent = exponentAt < 0 ? 0 : int.Parse(shortest[(exponentAt + 1)..], CultureInfo.InvariantCulture);
        var dot = mantissa.IndexOf('.', StringComparison.Ordinal);
        var point = (dot < 0 ? mantissa.Length : dot) + exponent;
        var digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        var leading = digits.Length - digits.TrimStart('0').Length;
        return (digits.Trim('0'), point - leading);
    }

    private static string Write(string digits, int point)
    {
        if (point > MostPlain || point <= LeastPlain)
        {
            var exponent = point - 1;
            var text = new StringBuilder(digits, 0, 1, 32);
            if (digits.Length > 1)
            {
                text.Append('.').Append(digits, 1, digits.Length - 1);
            }

            return text.Append('e').Append(exponent < 0 ? '-' : '+').Append(Math.Abs(exponent)).ToString();
        }

        return point <= 0 ? "0." + new string('0', -point) + digits
            : point >= digits.Length ? digits.PadRight(point, '0')
            : digits[..point] + "." + digits[point..];
    }
}
