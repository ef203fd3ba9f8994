using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Culvert.Platform.Wire;

namespace Culvert.Tunnel.Agent.Mcp;

/// <summary>
/// One rule for every reader of messages: which names of members another reader could take for one that counts (P11). A
/// reader that ignores case takes "Method" for "method", one that folds Unicode (Go) takes "param\u017F" for "params", and
/// one that stops at NUL or skips blanks takes "name\u0000" for "name" (GHSA-q382-vc8q-7jhj). So names are compared after
/// everything is removed from them that is not a letter, a digit or one of <c>_ / . -</c>, and without regard to case.
/// </summary>
internal static class MemberNames
{
    // Fullwidth forms, U+FF01 to U+FF5E, stand for U+0021 to U+007E.
    private const int FirstFullwidth = 0xFF01;
    private const int LastFullwidth = 0xFF5E;
    private const int FullwidthOffset = 0xFEE0;

    // What names of MCP are made of: such a name is folded by its case alone.
    private static readonly SearchValues<byte> Plain = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_/.-"u8
    );

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

    /// <summary>Whether a member has one of these names, or one that could be taken for it.</summary>
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
    /// What a lenient reader could make of a name. Two names with the same result could be taken for each other. Different
    /// words for one thing, such as <c>userId</c> and <c>user_id</c>, have different results.
    /// </summary>
    public static string Fold(string name)
    {
        var folded = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes())
        {
            var narrow = rune.Value is >= FirstFullwidth and <= LastFullwidth
                ? new Rune(rune.Value - FullwidthOffset)
                : rune;
            if (IsKept(narrow))
            {
                folded.Append(FoldCase(narrow));
            }
        }

        return folded.ToString();
    }

    private static bool IsKept(Rune rune) =>
        rune.IsAscii ? Plain.Contains((byte)rune.Value) : Rune.IsLetterOrDigit(rune) && !VisibleText.IsUnseen(rune);

    // Long s, the Kelvin sign, and i with and without its dot fold to a letter of ASCII; sharp s folds to two. Other letters
    // by their upper case first, so that both forms of sigma are one.
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

    // In UTF-8; no string is made of it where it was written as it is.
    private static ReadOnlySpan<byte> GetName(JsonProperty member)
    {
        var name = JsonMarshal.GetRawUtf8PropertyName(member);
        return Ascii.IsValid(name) && !name.Contains((byte)'\\') ? name : Encoding.UTF8.GetBytes(member.Name);
    }
}
