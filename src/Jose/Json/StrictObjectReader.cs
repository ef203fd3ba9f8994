using System.Text.Unicode;
using Culvert.Jose.Refusals;

namespace Culvert.Jose.Json;

/// <summary>
/// Reads one JSON object in one pass into a table of its top-level members. Stricter than RFC 8259: it refuses duplicate
/// names at every level, even escaped ones, unpaired surrogates, and too deep nesting.
/// </summary>
internal static class StrictObjectReader
{
    /// <summary>
    /// Table entries for a text of this length: each member takes at least <c>"":{</c>. A text longer than any token is
    /// refused and needs no more entries.
    /// </summary>
    public static int TableSize(int jsonLength) => (Math.Min(jsonLength, JoseLimits.MaxTokenBytes) / 4) + 1;

    /// <param name="table">At least <see cref="TableSize"/> entries. It is used as a stack: a nested object's members are
    /// above those of the enclosing objects while it is read, and are dropped at its end.</param>
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

        // Validates the whole text once: from here on, bytes above ASCII occur only in strings and are well-formed.
        if (!Utf8.IsValid(json))
        {
            return JoseRefusal.TextInvalid;
        }

        var scanner = new ObjectScanner(json, table);
        var refusal = scanner.ReadDocument();
        (count, unescapedNames) = (scanner.Count, scanner.UnescapedNames);
        return refusal;
    }

    public static ReadOnlySpan<byte> GetName(in JsonMember member, ReadOnlySpan<byte> json, byte[]? unescapedNames) =>
        member.NameIsUnescapedCopy
            ? unescapedNames.AsSpan(member.NameStart, member.NameLength)
            : json.Slice(member.NameStart, member.NameLength);
}
