using System.Text;
using System.Text.RegularExpressions;

namespace Culvert.Tunnel.Agent.Schemas;

/// <summary>
/// A regular expression of a schema (ECMA-262, as JSON Schema 2020-12 §6.4 has it) as one of this platform that takes time in
/// proportion to the text. <c>\d</c> and <c>\w</c> are ASCII's, and <c>$</c> is the end.
/// </summary>
internal static class SchemaPattern
{
    private const int MaxCharacters = 1024;

    /// <exception cref="SchemaException">It has look-around or references to groups, is too long, or is none.</exception>
    public static Regex Compile(string pattern, string place)
    {
        if (pattern.Length > MaxCharacters)
        {
            throw new SchemaException(place, $"a pattern has more than {MaxCharacters} characters.");
        }

        try
        {
            return new Regex(
                Translate(pattern),
                RegexOptions.NonBacktracking | RegexOptions.CultureInvariant,
                Regex.InfiniteMatchTimeout
            );
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new SchemaException(
                place,
                "the pattern is not a regular expression, or needs more than linear time."
            );
        }
    }

    private static string Translate(string pattern)
    {
        var output = new StringBuilder();
        var isClass = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            var character = pattern[i];
            if (character == '\\' && i + 1 < pattern.Length)
            {
                var escaped = pattern[++i];
                output.Append(
                    (escaped, isClass) switch
                    {
                        ('d', true) => "0-9",
                        ('d', false) => "[0-9]",
                        ('D', false) => "[^0-9]",
                        ('w', true) => "A-Za-z0-9_",
                        ('w', false) => "[A-Za-z0-9_]",
                        ('W', false) => "[^A-Za-z0-9_]",
                        ('/', _) => "/",
                        _ => $"\\{escaped}",
                    }
                );
                continue;
            }

            if (isClass)
            {
                isClass = character != ']';

                // [ inside a class is a character there, and may begin a subtraction here.
                output.Append(character == '[' ? @"\[" : character);
                continue;
            }

            isClass = character == '[';
            if (isClass && pattern.AsSpan(i).StartsWith("[^]"))
            {
                output.Append(@"[\s\S]");
                (isClass, i) = (false, i + 2);
            }
            else
            {
                output.Append(character == '$' ? @"\z" : character);
            }
        }

        return output.ToString();
    }
}
