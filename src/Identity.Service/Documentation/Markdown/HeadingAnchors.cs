using System.Globalization;
using System.Text;

namespace Culvert.Identity.Service.Documentation.Markdown;

/// <summary>Names of headings as the forges make them, so that a link leads to the same place there and here.</summary>
internal sealed class HeadingAnchors
{
    private readonly Dictionary<string, int> taken = new(StringComparer.Ordinal);

    /// <param name="heading">Its text without markup.</param>
    public string Next(string heading)
    {
        var name = new StringBuilder(heading.Length);
        foreach (var character in heading.ToLowerInvariant())
        {
            if (char.IsLetterOrDigit(character) || character is '-' or '_')
            {
                name.Append(character);
            }
            else if (character == ' ')
            {
                name.Append('-');
            }
        }

        var plain = name.ToString();
        var count = taken.GetValueOrDefault(plain);
        taken[plain] = count + 1;
        return count == 0 ? plain : string.Create(CultureInfo.InvariantCulture, $"{plain}-{count}");
    }
}
