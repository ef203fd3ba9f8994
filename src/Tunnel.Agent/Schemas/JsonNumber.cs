using System.Globalization;

namespace Culvert.Tunnel.Agent.Schemas;

/// <summary>
/// A JSON number (RFC 8259 §6) with its exact value, not as a floating-point number near it: 1, 1.0 and 10e-1 are the
/// same number, -0 is 0, and 1e400 is larger than any bound. An exponent is not expanded; it costs only its own digits.
/// </summary>
internal readonly ref struct JsonNumber
{
    // A longer exponent is a mistake or an attack.
    private const int MaxExponentDigits = 9;

    private readonly bool isNegative;

    // Digits with at most one point, from the first to the last nonzero digit; empty for zero.
    private readonly ReadOnlySpan<byte> digits;

    // The power of ten of the first digit.
    private readonly long magnitude;

    private JsonNumber(bool isNegative, ReadOnlySpan<byte> digits, long magnitude)
    {
        this.isNegative = isNegative;
        this.digits = digits;
        this.magnitude = magnitude;
    }

    public bool IsZero => digits.IsEmpty;

    public bool IsNegative => isNegative;

    public bool IsWhole => digits.IsEmpty || GetLowestPower() >= 0;

    /// <summary>The power of ten of the first nonzero digit; 0 for zero.</summary>
    public long Magnitude => magnitude;

    /// <summary>False: its exponent is too long.</summary>
    /// <param name="json">A number that a JSON reader has accepted.</param>
    public static bool TryRead(ReadOnlySpan<byte> json, out JsonNumber number)
    {
        number = default;
        var isNegative = json[0] == '-';
        var digits = isNegative ? json[1..] : json;
        var exponent = 0L;
        if (digits.IndexOfAny((byte)'e', (byte)'E') is var e and >= 0)
        {
            if (!TryReadExponent(digits[(e + 1)..], out exponent))
            {
                return false;
            }

            digits = digits[..e];
        }

        var point = digits.IndexOf((byte)'.');
        var first = digits.IndexOfAnyInRange((byte)'1', (byte)'9');
        if (first < 0)
        {
            return true; // zero: -0 and 0e9 as well
        }

        var whole = point < 0 ? digits.Length : point;
        var last = digits.LastIndexOfAnyInRange((byte)'1', (byte)'9');
        var power = first < whole ? whole - first - 1 : whole - first;
        number = new JsonNumber(isNegative, digits[first..(last + 1)], power + exponent);
        return true;
    }

    public int CompareTo(JsonNumber other)
    {
        if (IsZero || other.IsZero || isNegative != other.isNegative)
        {
            return GetSign().CompareTo(other.GetSign());
        }

        var bySize =
            magnitude != other.magnitude ? magnitude.CompareTo(other.magnitude) : CompareDigits(digits, other.digits);
        return isNegative ? -bySize : bySize;
    }

    /// <summary>Writes the digits without a point to <paramref name="output"/>, and returns their number.</summary>
    /// <param name="output">At least as long as <see cref="CountDigits"/>.</param>
    public int CopyDigits(Span<char> output)
    {
        var count = 0;
        foreach (var digit in digits)
        {
            if (digit != '.')
            {
                output[count++] = (char)digit;
            }
        }

        return count;
    }

    /// <summary>The number of digits from the first to the last nonzero one.</summary>
    public int CountDigits() => digits.Length - (digits.Contains((byte)'.') ? 1 : 0);

    /// <summary>All digits and an exponent: equal numbers have equal texts.</summary>
    public override string ToString()
    {
        if (IsZero)
        {
            return "0";
        }

        // Not on the stack: the peer chooses the number of digits.
        var text = new char[CountDigits()];
        CopyDigits(text);
        var sign = isNegative ? "-" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{new string(text)}e{GetLowestPower()}");
    }

    private static int CompareDigits(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var (l, r) = (0, 0);
        while (true)
        {
            l += l < left.Length && left[l] == '.' ? 1 : 0;
            r += r < right.Length && right[r] == '.' ? 1 : 0;
            if (l == left.Length || r == right.Length)
            {
                // The last digit of each is not 0, so the longer number is larger.
                return (left.Length - l).CompareTo(right.Length - r);
            }

            if (left[l] != right[r])
            {
                return left[l].CompareTo(right[r]);
            }

            l++;
            r++;
        }
    }

    private static bool TryReadExponent(ReadOnlySpan<byte> text, out long exponent)
    {
        exponent = 0;
        var isNegative = text[0] == '-';
        var digits = (text[0] is (byte)'-' or (byte)'+' ? text[1..] : text).TrimStart((byte)'0');
        if (digits.Length > MaxExponentDigits)
        {
            return false;
        }

        foreach (var digit in digits)
        {
            exponent = (exponent * 10) + (digit - '0');
        }

        exponent = isNegative ? -exponent : exponent;
        return true;
    }

    private int GetSign() =>
        IsZero ? 0
        : isNegative ? -1
        : 1;

    /// <summary>The power of ten of the last nonzero digit.</summary>
    public long GetLowestPower() => magnitude - (CountDigits() - 1);
}
