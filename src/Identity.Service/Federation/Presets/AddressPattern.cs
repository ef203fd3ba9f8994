using System.Text;
using System.Text.RegularExpressions;

namespace Culvert.Identity.Service.Federation.Presets;

internal sealed class AddressPattern
{
    private static readonly TimeSpan Never = Timeout.InfiniteTimeSpan;

    private readonly Regex pattern;

    public AddressPattern(string text)
    {
        var built = new StringBuilder("^");
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '*')
            {
                built.Append(Regex.Escape(text[i].ToString()));
                continue;
            }

            var isLong = i + 1 < text.Length && text[i + 1] == '*';
            built.Append(isLong ? "[^/]+" : "[^/.]+");
            i += isLong ? 1 : 0;
        }

        // Matches with or without the last slash and in any case: a rule must not escape its lints by a spelling.
        pattern = new Regex(
            built.Append("/?$").ToString(),
            RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant,
            Never
        );
    }

    public bool Matches(string url) => pattern.IsMatch(url);
}
