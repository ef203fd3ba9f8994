using System.Globalization;

namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary>Reads number literals: decimal or hexadecimal, signed, unsigned or double.</summary>
internal static class CelNumberLiteral
{
    /// <param name="number">The token, without its sign.</param>
    /// <param name="position">Where the literal begins, including its sign.</param>
    /// <param name="sign">
    /// "-" or empty. The smallest integer has no positive counterpart, so its sign belongs to the literal.
    /// </param>
    /// <exception cref="CelSyntaxException">The number does not fit into 64 bits.</exception>
    public static CelLiteral Read(CelToken number, int position, string sign)
    {
        var text = number.Text;
        var culture = CultureInfo.InvariantCulture;
        switch (number.Kind)
        {
            case CelTokenKind.Double
                when double.TryParse(sign + text, NumberStyles.Float, culture, out var value) && double.IsFinite(value):
                return new CelLiteral(position, value);
            case CelTokenKind.Uint:
                var digits = text[..^1];
                var isRead = IsHex(digits)
                    ? ulong.TryParse(digits.AsSpan(2), NumberStyles.AllowHexSpecifier, culture, out var unsigned)
                    : ulong.TryParse(digits, NumberStyles.None, culture, out unsigned);
                return isRead ? new CelLiteral(position, unsigned) : throw TooLarge();
            case CelTokenKind.Int when IsHex(text):
                return
                    ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, culture, out var hex)
                    && hex <= (sign.Length == 0 ? long.MaxValue : 1UL + long.MaxValue)
                    ? new CelLiteral(position, sign.Length == 0 ? (long)hex : unchecked(-(long)hex))
                    : throw TooLarge();
            case CelTokenKind.Int
                when long.TryParse(sign + text, NumberStyles.AllowLeadingSign, culture, out var value):
                return new CelLiteral(position, value);
            default:
                throw TooLarge();
        }

        CelSyntaxException TooLarge() => new(position, $"{sign}{text} is not a 64-bit number.");
    }

    private static bool IsHex(string digits) => digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
}
