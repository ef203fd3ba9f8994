using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Culvert.Tunnel.Agent.Mcp;

/// <summary>
/// One rule for every reader of messages: which names of members another reader could take for one that counts (P11). A
/// reader that ignores case would take "Method" for "method", and one that folds Unicode (Go) "param\u017F" for "params".
/// </summary>
internal static class MemberNames
{
    /// <summary>
    /// Whether every reader finds the same significant members in an object: none is there twice, and no other name could be
    /// taken for one.
    /// </summary>
    /// <param name="element">The object.</param>
    /// <param name="significant">The members that count.</param>
    /// <param name="areFree">Whether it may have members that MCP does not name; else all names are ASCII.</param>
    public static bool AreClear(JsonElement element, string[] significant, bool areFree)
    {
        var seen = 0;
        foreach (var member in element.EnumerateObject())
        {
            var name = GetName(member);
            if (
                IsVariant(name, significant)
                || (!areFree && !Ascii.IsValid(name))
                || IsSecond(name, significant, ref seen)
            )
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a name in UTF-8 is not a significant one, and could be taken for it.</summary>
    public static bool IsVariant(ReadOnlySpan<byte> name, string[] significant)
    {
        var isPlain = Ascii.IsValid(name);
        var folded = isPlain ? name : Fold(name);
        foreach (var meant in significant)
        {
            if (Ascii.EqualsIgnoreCase(folded, meant) && !(isPlain && Ascii.Equals(name, meant)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsSecond(ReadOnlySpan<byte> name, string[] significant, ref int seen)
    {
        for (var i = 0; i < significant.Length; i++)
        {
            if (Ascii.Equals(name, significant[i]))
            {
                var isSecond = (seen & (1 << i)) != 0;
                seen |= 1 << i;
                return isSecond;
            }
        }

        return false;
    }

    // Long s, the Kelvin sign, and i with and without its dot: what folds to a letter of ASCII.
    private static byte[] Fold(ReadOnlySpan<byte> name) =>
        Encoding.UTF8.GetBytes(
            Encoding
                .UTF8.GetString(name)
                .Replace('\u017F', 's')
                .Replace('\u212A', 'k')
                .Replace('\u0130', 'i')
                .Replace('\u0131', 'i')
        );

    // In UTF-8; no string is made of it where it was written as it is.
    private static ReadOnlySpan<byte> GetName(JsonProperty member)
    {
        var name = JsonMarshal.GetRawUtf8PropertyName(member);
        return Ascii.IsValid(name) && !name.Contains((byte)'\\') ? name : Encoding.UTF8.GetBytes(member.Name);
    }
}
