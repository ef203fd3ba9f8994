using System.Globalization;
using System.Text;

namespace Culvert.Tunnel.Agent.Pins;

/// <summary>
/// Compares names by their look to a person: an approximation of the skeletons of Unicode Technical Standard 39 §4 for
/// the letters with which names of tools are usually imitated. Only a hint, never a security boundary: an unknown name is
/// not pinned, whatever its look.
/// </summary>
internal static class LookAlikes
{
    private const string Imitations =
        "аa еe оo рp сc хx уy іi ѕs јj һh ԁd ԛq ԝw ɡg ɑa οo αa νv ρp τt υu ιi κk ηn ϲc ʟl ıi ոn օo ѵv ᴏo 0o 1l |l ˗- ‐- ‑- ‒- –- —- −- ․. ∕/ ⁄/";

    private static readonly Dictionary<char, char> Letters = Imitations.Split(' ').ToDictionary(p => p[0], p => p[1]);

    /// <summary>Returns the same text for names that look alike.</summary>
    public static string Skeleton(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (var character in Decompose(name).ToLowerInvariant())
        {
            var category = CharUnicodeInfo.GetUnicodeCategory(character);
            if (
                category
                is not (
                    UnicodeCategory.NonSpacingMark
                    or UnicodeCategory.EnclosingMark
                    or UnicodeCategory.Format
                    or UnicodeCategory.Control
                )
            )
            {
                text.Append(Letters.GetValueOrDefault(character, character));
            }
        }

        return text.Replace("rn", "m").Replace("vv", "w").Replace('i', 'l').ToString();
    }

    private static string Decompose(string name)
    {
        try
        {
            return name.Normalize(NormalizationForm.FormKD);
        }
        catch (ArgumentException)
        {
            return name; // half a surrogate pair
        }
    }
}
