using System.Globalization;
using System.Text;
using Culvert.Tunnel.Agent.Schemas;

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

        // .NET writes the shortest digits that read back as the same number, as ECMAScript does.
        var shortest = Encoding.ASCII.GetBytes(value.ToString("R", CultureInfo.InvariantCulture));
        if (!JsonNumber.TryRead(shortest, out var number) || number.IsZero)
        {
            return "0"; // negative zero too
        }

        Span<char> digits = stackalloc char[number.CountDigits()]; // 17 at most
        number.CopyDigits(digits);
        return (value < 0 ? "-" : "") + Write(new string(digits), (int)number.Magnitude + 1);
    }

    /// <param name="point">The number of digits before the decimal point.</param>
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
