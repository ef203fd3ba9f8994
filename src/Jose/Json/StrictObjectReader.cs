using System.Text.Unicode;
using Culvert.Jose.Refusals;

namespace Culvert.Jose.Json;

/// <summary>
/// Reads one JSON object in one pass into a table of its top-level members. Stricter than RFC 8259 leaves open:
/// duplicate names are refused on every level, also when hidden behind escapes; half surrogate pairs are refused;
/// depth is bounded.
/// </summary>
internal static class StrictObjectReader
{
    /// <summary>
    /// Entries that a table needs for a text of this length, so that the text alone bounds its members: each is at least
    /// <c>"":{</c>. One longer than any token is not read, and needs no more.
    /// </summary>
    public static int TableSize(int jsonLength) => (Math.Min(jsonLength, JoseLimits.MaxTokenBytes) / 4) + 1;

    /// <param name="json">The object's UTF-8 text.</param>
    /// <param name="table">
    /// At least <see cref="TableSize"/> entries. It serves as a stack: members of a nested object are above those of
    /// the objects around it while it is read, and are dropped at its end.
    /// </param>
    /// <param name="count">How many entries at the start of the table are the object's own members.</param>
    /// <param name="unescapedNames">Set only if a name was written with escapes.</param>
    public static JoseRefusal Read(
        ReadOnlySpan<byte> json,
        Span<JsonMember> table,
        out int count,
        out byte[]? unescapedNames
    )
    {
        count = 0;
        unescapedNames = null;
        if (json.Length > JoseLimits.MaxTokenBytes)
        {
            return JoseRefusal.TokenTooLarge;
        }

        // Once for the whole text: from here on bytes above ASCII occur in strings alone, and are well-formed.
        if (!Utf8.IsValid(json))
        {
            return JoseRefusal.TextInvalid;
        }

        var scanner = new ObjectScanner(json, table);
        var refusal = scanner.ReadDocument();
        (count, unescapedNames) = (scanner.Count, scanner.UnescapedNames);
        return refusal;
    }

    /// <summary>A member's name without escapes.</summary>
    public static ReadOnlySpan<byte> GetName(in JsonMember member, ReadOnlySpan<byte> json, byte[]? unescapedNames) =>
        member.NameIsUnescapedCopy
            ? unescapedNames.AsSpan(member.NameStart, member.NameLength)
            : json.Slice(member.NameStart, member.NameLength);
}
