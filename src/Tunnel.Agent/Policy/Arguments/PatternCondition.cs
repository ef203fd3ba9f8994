using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.RegularExpressions;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Policy.Arguments;

/// <summary><c>pattern</c>: the whole text matches a regular expression, in time linear in the text.</summary>
internal sealed class PatternCondition : ValueCondition
{
    private const int MaxPatternCharacters = 1024;

    private readonly string pattern;
    private readonly Regex regex;

    private PatternCondition(string pattern, Regex regex)
        : base("pattern", ValueKinds.Text) => (this.pattern, this.regex) = (pattern, regex);

    public static bool TryCreate(
        string pattern,
        [NotNullWhen(true)] out PatternCondition? condition,
        out string problem
    )
    {
        condition = null;
        problem =
            pattern.Length is 0 or > MaxPatternCharacters ? $"A pattern has 1 to {MaxPatternCharacters} characters."
            : FindUnclear(pattern) is { } unclear ? $"{unclear} is not supported in a pattern."
            : "";
        if (problem.Length > 0)
        {
            return false;
        }

        try
        {
            // Anchored, so that no pattern matches only a part. Unlike $, \z does not ignore a line break at the end.
            var regex = new Regex(
                $@"\A(?:{pattern})\z",
                RegexOptions.NonBacktracking | RegexOptions.CultureInvariant,
                Regex.InfiniteMatchTimeout
            );
            condition = new PatternCondition(pattern, regex);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            problem = "The pattern is not a regular expression, or needs more than linear time.";
            return false;
        }
    }

    public override bool Matches(JsonElement value, PrincipalClaims claims) =>
        JsonText.TryGet(value, out var text) && regex.IsMatch(text);

    public override string ToString() => pattern;

    // Finds classes with more than the ASCII digits, letters and spaces, and options: (?i) makes the Kelvin sign a k.
    private static string? FindUnclear(string pattern)
    {
        for (var i = 0; i + 1 < pattern.Length; i++)
        {
            if (pattern[i] == '\\')
            {
                if (pattern[i + 1] is 'd' or 'D' or 'w' or 'W' or 's' or 'S' or 'b' or 'B' or 'p' or 'P')
                {
                    return pattern[i..(i + 2)];
                }

                i++; // the escaped character
            }
            else if (pattern[i] == '(' && pattern[i + 1] == '?' && pattern.ElementAtOrDefault(i + 2) != ':')
            {
                return "(?";
            }
        }

        return null;
    }
}
