using System.Text.RegularExpressions;

namespace Culvert.Tunnel.Agent.Schemas;

/// <summary>A linear-time regular expression (ECMA-262 with the flag u, JSON Schema Core 2020-12 §6.4).</summary>
internal sealed class SchemaPattern
{
    private const int MaxCharacters = 1024;

    private readonly Regex regex;
    private readonly PatternAlphabet alphabet;

    private SchemaPattern(Regex regex, PatternAlphabet alphabet) => (this.regex, this.alphabet) = (regex, alphabet);

    /// <exception cref="SchemaException">It is malformed, too long, or has look-around or references to groups.</exception>
    public static SchemaPattern Compile(string pattern, string place)
    {
        if (pattern.Length > MaxCharacters)
        {
            throw new SchemaException(place, $"a pattern has more than {MaxCharacters} characters.");
        }

        try
        {
            var (expression, alphabet) = new PatternParser(pattern).Translate();
            var regex = new Regex(
                expression,
                RegexOptions.NonBacktracking | RegexOptions.CultureInvariant,
                Regex.InfiniteMatchTimeout
            );
            return new SchemaPattern(regex, alphabet);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException or FormatException)
        {
            throw new SchemaException(
                place,
                "the pattern is not a regular expression of ECMA-262 (with the flag u), or needs more than linear time."
            );
        }
    }

    /// <summary>Whether a part of the text matches. Also false when the evaluation exceeds its limit.</summary>
    public bool IsMatch(string text, Evaluation evaluation) =>
        evaluation.TryCharge(1 + (text.Length / 64)) && regex.IsMatch(alphabet.Translate(text));
}
