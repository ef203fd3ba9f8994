using Culvert.Jose.Refusals;

namespace Culvert.Jose.Tokens;

/// <summary>
/// Reads a NumericDate (RFC 7519 §2): any JSON number, even with a fraction or an exponent. It is read digit by digit,
/// because a binary floating-point number could round a fraction up to the next second.
/// </summary>
public static class NumericDate
{
    // Far above the digits of any number in a token, and small enough that sums do not overflow.
    private const int MaxExponent = 1_000_000;

    /// <param name="number">A JSON number (RFC 8259 §6).</param>
    /// <param name="seconds">The number, rounded down.</param>
    /// <param name="hasFraction">Whether the number was rounded.</param>
    /// <returns>False: before 1970, or after the year 9999.</returns>
    public static bool TryRead(ReadOnlySpan<byte> number, out long seconds, out bool hasFraction)
    {
        (seconds, hasFraction) = (0, false);
        var exponentAt = number.IndexOfAny((byte)'e', (byte)'E');
        var mantissa = exponentAt < 0 ? number : number[..exponentAt];
        var exponent = exponentAt < 0 ? 0 : ReadExponent(number[(exponentAt + 1)..]);
        var isNegative = mantissa[0] == (byte)'-';
        mantissa = isNegative ? mantissa[1..] : mantissa;
        var point = mantissa.IndexOf((byte)'.');
        // The digits before the decimal point after applying the exponent.
        var whole = (point < 0 ? mantissa.Length : point) + exponent;
        foreach (var character in mantissa)
        {
            if (character == (byte)'.')
            {
                continue;
            }

            if (whole > 0 && !TryAppend(character - '0', ref seconds))
            {
                return false;
            }

            hasFraction |= whole <= 0 && character != (byte)'0';
            whole--;
        }

        for (; whole > 0 && seconds > 0; whole--)
        {
            if (!TryAppend(0, ref seconds))
            {
                return false;
            }
        }

        return !isNegative || (seconds == 0 && !hasFraction);
    }

    private static bool TryAppend(int digit, ref long seconds)
    {
        seconds = (seconds * 10) + digit;
        return seconds <= JoseLimits.MaxNumericDate;
    }

    private static int ReadExponent(ReadOnlySpan<byte> text)
    {
        var isNegative = text[0] == (byte)'-';
        var value = 0;
        foreach (var digit in char.IsAsciiDigit((char)text[0]) ? text : text[1..])
        {
            value = Math.Min((value * 10) + (digit - '0'), MaxExponent);
        }

        return isNegative ? -value : value;
    }
}
