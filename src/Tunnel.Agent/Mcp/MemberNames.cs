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
    /// Whether an object whose members MCP names has one that is not plain ASCII, or a variant of a significant one.
    /// </summary>
    public static bool HasLookAlike(JsonElement element, string[] significant)
    {
        foreach (var member in element.EnumerateObject())
        {
            var name = NameOf(member);
            if (!Ascii.IsValid(name) || IsVariant(name, significant))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether an object whose members are free has a variant of a significant one.</summary>
    public static bool HasVariant(JsonElement element, string[] significant)
    {
        foreach (var member in element.EnumerateObject())
        {
            if (IsVariant(NameOf(member), significant))
            {
                return true;
            }
        }

        return false;
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
    private static ReadOnlySpan<byte> NameOf(JsonProperty member)
    {
        var name = JsonMarshal.GetRawUtf8PropertyName(member);
        return Ascii.IsValid(name) && !name.Contains((byte)'\\') ? name : Encoding.UTF8.GetBytes(member.Name);
    }
}
