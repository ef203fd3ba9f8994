using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Culvert.Platform.Configuration;

/// <summary>A value for comparison: text, a number or a boolean. Numbers keep their digits, so none is rounded.</summary>
public sealed partial record ConfigLiteral(ConfigLiteralKind Kind, string Text)
{
    /// <summary>
    /// Quoted values are text. Others are what JSON takes them for (RFC 8259 §§3, 6), else text; false when a YAML
    /// reader could take that text for a number, a boolean or null.
    /// </summary>
    public static bool TryParse(string text, bool isPlain, [NotNullWhen(true)] out ConfigLiteral? literal)
    {
        literal =
            !isPlain ? new ConfigLiteral(ConfigLiteralKind.Text, text)
            : text is "true" or "false" ? new ConfigLiteral(ConfigLiteralKind.Boolean, text)
            : JsonNumber().IsMatch(text) ? new ConfigLiteral(ConfigLiteralKind.Number, text)
            : OtherYaml().IsMatch(text) ? null
            : new ConfigLiteral(ConfigLiteralKind.Text, text);
        return literal is not null;
    }

    /// <summary>Writes the value as JSON, a number with its digits.</summary>
    public void Write(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        if (Kind == ConfigLiteralKind.Text)
        {
            json.WriteStringValue(Text);
        }
        else
        {
            json.WriteRawValue(Text);
        }
    }

    public override string ToString() => $"{Kind}:{Text}";

    [GeneratedRegex(@"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex JsonNumber();

    // The union of YAML 1.1 and 1.2 (§10.3.2): other bases, signs, trailing points, underscores, infinity, other booleans.
    [GeneratedRegex(
        @"^(?:|~|null|[-+]?\.?[0-9][0-9_a-fox.+-]*|[-+]?\.inf|\.nan|true|false|yes|no|on|off)\z",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
    )]
    private static partial Regex OtherYaml();
}
