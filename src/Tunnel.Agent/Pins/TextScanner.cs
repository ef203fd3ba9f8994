using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Culvert.Tunnel.Agent.Pins;

/// <summary>Finds signs of an attack in a definition's texts: a hint for reviewers, on which no decision depends.</summary>
internal static partial class TextScanner
{
    private const int MaxCharacters = 64 * 1024;

    /// <summary>The findings, each kind once.</summary>
    public static IReadOnlyList<string> Scan(string text)
    {
        var part = text.Length > MaxCharacters ? text[..MaxCharacters] : text;
        var found = new List<string>();
        Add(part.Any(IsInvisible), "invisible characters");
        Add(part.Any(IsDirectional), "characters that change the writing direction");
        Add(part.Contains("<!--", StringComparison.Ordinal), "an HTML comment");
        Add(Imperatives().IsMatch(part), "instructions to the model");
        Add(Links().IsMatch(part), "a URL");
        return found;

        void Add(bool isThere, string what)
        {
            if (isThere)
            {
                found.Add(what);
            }
        }
    }

    public static IReadOnlyList<string> Scan(Definition definition)
    {
        var text = new StringBuilder();
        using var json = definition.Parse();
        Collect(json.RootElement, text);
        return Scan(text.ToString());
    }

    private static void Collect(JsonElement element, StringBuilder text)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    text.Append(member.Name).Append('\n');
                    Collect(member.Value, text);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    Collect(item, text);
                }

                break;
            case JsonValueKind.String:
                text.Append(element.GetString()).Append('\n');
                break;
        }
    }

    // Tag characters (from U+E0000), which can hide whole sentences, are surrogate pairs.
    private static bool IsInvisible(char character) =>
        (CharUnicodeInfo.GetUnicodeCategory(character) == UnicodeCategory.Format && !IsDirectional(character))
        || character is '\uDB40' or '\u115F' or '\u1160' or '\u3164' or '\uFFA0' or (>= '\uFE00' and <= '\uFE0F');

    private static bool IsDirectional(char character) =>
        character is '\u200E' or '\u200F' or '\u061C' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');

    [GeneratedRegex(
        @"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:previous|prior|above|earlier|all|other|instructions?)\b"
            + @"|\b(?:do not|don't|never)\b.{0,30}\b(?:tell|mention|reveal|inform|show|ask)\b"
            + @"|\b(?:before|instead of|after)\b.{0,30}\b(?:using|calling)\b.{0,40}\b(?:tool|any|this)\b"
            + @"|\byou (?:must|should|have to)\b|\bsystem prompt\b|<(?:important|system|instructions?)>",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.NonBacktracking
    )]
    private static partial Regex Imperatives();

    [GeneratedRegex(
        @"\b[a-z][a-z0-9+.-]*://|\bdata:[a-z]|\bwww\.",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex Links();
}
