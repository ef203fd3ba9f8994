using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Culvert.Identity.Cli.Api;

namespace Culvert.Identity.Cli.Output;

/// <summary>
/// Writes JSON as block-style YAML 1.2. Strings that a YAML reader could read as another type are quoted; PEM texts become
/// literal blocks, which can be copied.
/// </summary>
internal static partial class YamlText
{
    private static readonly string[] Words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];

    public static string Format(JsonObject json)
    {
        var text = new StringBuilder();
        Write(text, json, indent: 0);
        return text.ToString();
    }

    private static void Write(StringBuilder text, JsonNode node, int indent)
    {
        switch (node)
        {
            case JsonObject o:
                foreach (var (name, value) in o)
                {
                    text.Append(' ', indent).Append(Scalar(name)).Append(':');
                    WriteValue(text, value, indent);
                }

                break;
            case JsonArray array:
                foreach (var item in array)
                {
                    text.Append(' ', indent).Append('-');
                    WriteValue(text, item, indent);
                }

                break;
        }
    }

    private static void WriteValue(StringBuilder text, JsonNode? value, int indent)
    {
        switch (value)
        {
            case JsonObject { Count: 0 }:
                text.Append(" {}\n");
                break;
            case JsonArray { Count: 0 }:
                text.Append(" []\n");
                break;
            case JsonObject or JsonArray:
                text.Append('\n');
                Write(text, value, indent + 2);
                break;
            case JsonValue v when v.TryGetValue(out string? s) && IsBlock(s):
                text.Append(" |\n");
                foreach (var line in s.TrimEnd('\n').Split('\n'))
                {
                    text.Append(' ', line.Length == 0 ? 0 : indent + 2).Append(line).Append('\n');
                }

                break;
            case JsonValue v when v.TryGetValue(out string? s):
                text.Append(' ').Append(Scalar(s)).Append('\n');
                break;
            default:
                text.Append(' ').Append(value?.ToJsonString(WireJson.Plain) ?? "null").Append('\n');
                break;
        }
    }

    /// <summary>True if "|" preserves it: plain lines, one final line break; the first line sets the indentation.</summary>
    private static bool IsBlock(string s) =>
        s.EndsWith('\n')
        && !s.EndsWith("\n\n", StringComparison.Ordinal)
        && s[0] is not (' ' or '\n')
        && s.All(c => c is (>= ' ' and <= '~') or '\n');

    private static string Scalar(string s) =>
        PlainScalar().IsMatch(s) && !Words.Contains(s, StringComparer.OrdinalIgnoreCase) ? s : Quoted(s);

    private static string Quoted(string s)
    {
        var text = new StringBuilder("\"");
        foreach (var rune in s.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                >= ' ' and <= '~' => text.Append((char)rune.Value),
                _ => text.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:X8}"),
            };
        }

        return text.Append('"').ToString();
    }

    [GeneratedRegex("^[A-Za-z_/][A-Za-z0-9_./@-]*$")]
    private static partial Regex PlainScalar();
}
