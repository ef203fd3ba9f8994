using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Policy.Budgets;

/// <summary>An amount of a budget: not negative, below 10^20, with at most 12 decimal places, so sums are exact.</summary>
/// <param name="Units">In 10^-12.</param>
internal readonly record struct Amount(Int128 Units)
{
    private const int Places = 12;
    private const int MaxMagnitude = 19;

    private static readonly Int128 One = Power(Places);

    public static Amount operator +(Amount left, Amount right) => new(left.Units + right.Units);

    public static Amount operator -(Amount left, Amount right) => new(left.Units - right.Units);

    public static bool operator >(Amount left, Amount right) => left.Units > right.Units;

    public static bool operator <(Amount left, Amount right) => left.Units < right.Units;

    public static bool TryRead(JsonElement value, out Amount amount)
    {
        amount = default;
        return value.ValueKind == JsonValueKind.Number && TryRead(JsonMarshal.GetRawUtf8Value(value), out amount);
    }

    public static bool TryRead(ReadOnlySpan<byte> json, out Amount amount)
    {
        amount = default;
        if (!JsonNumber.TryRead(json, out var number))
        {
            return false;
        }

        if (number.IsZero)
        {
            return true;
        }

        var count = number.CountDigits();
        var lowest = number.Magnitude - (count - 1);
        if (number.IsNegative || number.Magnitude > MaxMagnitude || lowest < -Places)
        {
            return false;
        }

        // At most 32 digits: from 10^19 down to 10^-12.
        Span<char> digits = stackalloc char[count];
        number.CopyDigits(digits);
        amount = new Amount(
            Int128.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture) * Power((int)lowest + Places)
        );
        return true;
    }

    /// <summary>An equal share, rounded down so that the sum of the shares never exceeds the amount.</summary>
    public Amount DividedBy(int agents) => new(Units / agents);

    public override string ToString()
    {
        var (whole, rest) = Int128.DivRem(Units, One);
        var fraction = rest.ToString(CultureInfo.InvariantCulture).PadLeft(Places, '0').TrimEnd('0');
        var text = whole.ToString(CultureInfo.InvariantCulture);
        return fraction.Length == 0 ? text : $"{text}.{fraction}";
    }

    private static Int128 Power(int exponent)
    {
        var power = Int128.One;
        for (var i = 0; i < exponent; i++)
        {
            power *= 10;
        }

        return power;
    }
}
