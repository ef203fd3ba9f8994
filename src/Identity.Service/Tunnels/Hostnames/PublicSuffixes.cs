using System.Globalization;

namespace Culvert.Identity.Service.Tunnels.Hostnames;

/// <summary>The rules of both parts of the public suffix list (publicsuffix.org).</summary>
internal sealed class PublicSuffixes
{
    private const int MaxLines = 100_000;

    private static readonly IdnMapping Idn = new();

    private readonly HashSet<string> exact = new(StringComparer.Ordinal);
    private readonly HashSet<string> wildcards = new(StringComparer.Ordinal);
    private readonly HashSet<string> exceptions = new(StringComparer.Ordinal);

    private PublicSuffixes() { }

    /// <summary>Parses the list; null if it is not valid.</summary>
    public static PublicSuffixes? Read(IEnumerable<string> lines)
    {
        var suffixes = new PublicSuffixes();
        foreach (var line in lines.Take(MaxLines))
        {
            // A rule ends at the first blank; a comment starts a line.
            var rule = line.Split([' ', '\t'], 2)[0].Trim().TrimEnd('.');
            if (rule.Length == 0 || rule.StartsWith("//", StringComparison.Ordinal))
            {
                continue;
            }

            var (set, name) =
                rule[0] == '!' ? (suffixes.exceptions, rule[1..])
                : rule.StartsWith("*.", StringComparison.Ordinal) ? (suffixes.wildcards, rule[2..])
                : (suffixes.exact, rule);
            if (ToAscii(name) is { } ascii)
            {
                set.Add(ascii);
            }
        }

        return suffixes.exact.Count > 0 ? suffixes : null;
    }

    /// <summary>Whether a name is itself a public suffix. A name without its own rule falls under <c>*</c>.</summary>
    public bool IsSuffix(string name)
    {
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot < 0
            || (!exceptions.Contains(name) && (exact.Contains(name) || wildcards.Contains(name[(dot + 1)..])));
    }

    private static string? ToAscii(string name)
    {
        try
        {
            return name.All(char.IsAscii) ? name.ToLowerInvariant() : Idn.GetAscii(name).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            return null; // a line that cannot be a name
        }
    }
}
