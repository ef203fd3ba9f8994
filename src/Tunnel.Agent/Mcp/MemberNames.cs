using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Culvert.Platform.Wire;

namespace Culvert.Tunnel.Agent.Mcp;

/// <summary>
/// One rule for every reader of messages: which member names another reader could mistake for a significant one (P11). A
/// reader that ignores case reads "Method" as "method", one that folds Unicode (Go) reads "param\u017F" as "params", and
/// one that stops at NUL or skips blanks reads "name\u0000" as "name" (GHSA-q382-vc8q-7jhj). So names are compared
/// case-insensitively, after removal of all characters except letters, digits and <c>_ / . -</c>.
/// </summary>
internal static class MemberNames
{
    // Fullwidth forms, U+FF01 to U+FF5E, correspond to U+0021 to U+007E.
    private const int FirstFullwidth = 0xFF01;
    private const int LastFullwidth = 0xFF5E;
    private const int FullwidthOffset = 0xFEE0;

    // The characters of MCP's names: only their case is folded.
    private static readonly SearchValues<byte> Plain = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_/.-"u8
    );

    /// <summary>Whether all readers find the same significant members: no duplicates, and no look-alikes.</summary>
    /// <param name="areFree">Whether the object may have members outside of MCP; otherwise all names must be ASCII.</param>
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

    /// <summary>Whether a UTF-8 name is not a significant one, but could be mistaken for it.</summary>
    public static bool IsVariant(ReadOnlySpan<byte> name, string[] significant)
    {
        var isPlain = !name.ContainsAnyExcept(Plain);
        var folded = isPlain ? name : Encoding.UTF8.GetBytes(Fold(Encoding.UTF8.GetString(name)));
        foreach (var meant in significant)
        {
            if (Ascii.EqualsIgnoreCase(folded, meant) && !(isPlain && Ascii.Equals(name, meant)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a member has one of these names, or one that could be mistaken for it.</summary>
    public static bool CouldBe(JsonProperty member, string[] names)
    {
        foreach (var name in names)
        {
            if (member.NameEquals(name))
            {
                return true;
            }
        }

        return IsVariant(GetName(member), names);
    }

    /// <summary>
    /// The form of a name to a lenient reader. Two names with the same form could be mistaken for each other. Different
    /// words for one thing, such as <c>userId</c> and <c>user_id</c>, have different forms.
    /// </summary>
    public static string Fold(string name)
    {
        var folded = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes())
        {
            var narrow = rune.Value is >= FirstFullwidth and <= LastFullwidth
                ? new Rune(rune.Value - FullwidthOffset)
                : rune;
            if (IsSignificant(narrow))
            {
                folded.Append(FoldCase(narrow));
            }
        }

        return folded.ToString();
    }

    private static bool IsSignificant(Rune rune) =>
        rune.IsAscii ? Plain.Contains((byte)rune.Value) : Rune.IsLetterOrDigit(rune) && !VisibleText.IsUnseen(rune);

    // Long s, the Kelvin sign, and dotted and dotless i fold to an ASCII letter; sharp s folds to two. Other letters are
    // converted to upper case first, so that both forms of sigma are equal.
    private static string FoldCase(Rune rune) =>
        rune.Value switch
        {
            '\u017F' => "s",
            '\u212A' => "k",
            '\u0130' or '\u0131' => "i",
            '\u00DF' or '\u1E9E' => "ss",
            _ => Rune.ToLowerInvariant(Rune.ToUpperInvariant(rune)).ToString(),
        };

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

    // The name in UTF-8; without escapes no string is created.
    private static ReadOnlySpan<byte> GetName(JsonProperty member)
    {
        var name = JsonMarshal.GetRawUtf8PropertyName(member);
        return Ascii.IsValid(name) && !name.Contains((byte)'\\') ? name : Encoding.UTF8.GetBytes(member.Name);
    }
}
