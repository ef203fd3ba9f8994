using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;

namespace Culvert.Jose.Json;

/// <summary>
/// Reads one JSON object in one pass into a table of its top-level members. Stricter than RFC 8259 leaves open:
/// duplicate names are refused on every level, also when hidden behind escapes; half surrogate pairs are refused;
/// depth and number of members are bounded.
/// </summary>
internal static class StrictObjectReader
{
    // The reader's own limit only has to lie above ours, which is checked first and has its own refusal.
    private static readonly JsonReaderOptions Options = new() { MaxDepth = JoseLimits.MaxDepth + 1 };

    /// <summary>Entries that a table needs for a text of this length: a member is at least <c>"":1,</c>.</summary>
    public static int TableSize(int jsonLength) => Math.Min(JoseLimits.MaxMembers, (jsonLength / 5) + 1);

    /// <param name="json">The object's UTF-8 text.</param>
    /// <param name="table">
    /// At least <see cref="TableSize"/> entries. It serves as a stack: members of a nested object stand
    /// behind those of the objects around it while it is read, and are dropped at its end.
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

        // Utf8JsonReader does not look at the bytes of unescaped strings that nobody reads.
        if (!Utf8.IsValid(json))
        {
            return JoseRefusal.TextInvalid;
        }

        try
        {
            var reader = new Utf8JsonReader(json, Options);
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject
                ? ReadMembers(ref reader, json, table, out count, ref unescapedNames)
                : JoseRefusal.NotAnObject;
        }
        catch (JsonException)
        {
            return JoseRefusal.JsonMalformed;
        }
    }

    /// <summary>A member's name without escapes.</summary>
    public static ReadOnlySpan<byte> NameOf(in JsonMember member, ReadOnlySpan<byte> json, byte[]? unescapedNames) =>
        member.NameIsUnescapedCopy
            ? unescapedNames.AsSpan(member.NameStart, member.NameLength)
            : json.Slice(member.NameStart, member.NameLength);

    private static JoseRefusal ReadMembers(
        ref Utf8JsonReader reader,
        ReadOnlySpan<byte> json,
        Span<JsonMember> table,
        out int count,
        ref byte[]? unescapedNames
    )
    {
        // scopes[d]: index of the first member of the object that was opened at depth d.
        Span<int> scopes = stackalloc int[JoseLimits.MaxDepth + 1];
        scopes[0] = 0;
        // names[d]: which marks the names in the object at depth d have; most names are new by that alone.
        Span<ulong> names = stackalloc ulong[JoseLimits.MaxDepth + 1];
        names.Clear();
        count = 0;
        var unescapedLength = 0;
        while (reader.Read())
        {
            var depth = reader.CurrentDepth;
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    if (count == JoseLimits.MaxMembers)
                    {
                        return JoseRefusal.TooManyMembers;
                    }

                    ref var added = ref table[count];
                    added = default;
                    var refusal = ReadName(ref reader, json.Length, ref added, ref unescapedNames, ref unescapedLength);
                    if (refusal == JoseRefusal.None)
                    {
                        refusal = CheckName(
                            json,
                            table[scopes[depth - 1]..count],
                            added,
                            unescapedNames,
                            ref names[depth - 1]
                        );
                    }

                    if (refusal != JoseRefusal.None)
                    {
                        return refusal;
                    }

                    count++;
                    break;

                case JsonTokenType.StartObject
                or JsonTokenType.StartArray:
                    // The outermost object is level 1 and has depth 0.
                    if (depth + 1 > JoseLimits.MaxDepth)
                    {
                        return JoseRefusal.TooDeep;
                    }

                    scopes[depth] = count;
                    names[depth] = 0;
                    if (depth == 1)
                    {
                        BeginValue(ref reader, ref table[count - 1]);
                    }

                    break;

                case JsonTokenType.EndObject
                or JsonTokenType.EndArray:
                    if (depth > 0)
                    {
                        count = scopes[depth];
                    }

                    if (depth == 1)
                    {
                        EndValue(ref reader, ref table[count - 1]);
                    }

                    break;

                default:
                    if (
                        reader.TokenType == JsonTokenType.String
                        && reader.ValueIsEscaped
                        && HasHalfSurrogatePair(reader.ValueSpan)
                    )
                    {
                        return JoseRefusal.TextInvalid;
                    }

                    if (depth == 1)
                    {
                        BeginValue(ref reader, ref table[count - 1]);
                        EndValue(ref reader, ref table[count - 1]);
                    }

                    break;
            }
        }

        return JoseRefusal.None;
    }

    private static JoseRefusal ReadName(
        ref Utf8JsonReader reader,
        int jsonLength,
        ref JsonMember member,
        ref byte[]? unescapedNames,
        ref int unescapedLength
    )
    {
        if (!reader.ValueIsEscaped)
        {
            member.NameStart = (ushort)(reader.TokenStartIndex + 1);
            member.NameLength = (ushort)reader.ValueSpan.Length;
            return JoseRefusal.None;
        }

        if (HasHalfSurrogatePair(reader.ValueSpan))
        {
            return JoseRefusal.TextInvalid;
        }

        // Unescaped text is never longer than the escaped one, so this holds the names of the whole document.
        unescapedNames ??= new byte[jsonLength];
        member.NameIsUnescapedCopy = true;
        member.NameStart = (ushort)unescapedLength;
        member.NameLength = (ushort)reader.CopyString(unescapedNames.AsSpan(unescapedLength));
        unescapedLength += member.NameLength;
        return JoseRefusal.None;
    }

    private static JoseRefusal CheckName(
        ReadOnlySpan<byte> json,
        ReadOnlySpan<JsonMember> earlier,
        in JsonMember added,
        byte[]? unescapedNames,
        ref ulong marks
    )
    {
        var name = NameOf(added, json, unescapedNames);
        if (name.SequenceEqual("__proto__"u8))
        {
            return JoseRefusal.MemberNameForbidden;
        }

        var mark = 1UL << (name.IsEmpty ? 0 : (name.Length + (5 * name[0]) + (11 * name[^1])) & 63);
        if ((marks & mark) == 0)
        {
            marks |= mark;
            return JoseRefusal.None;
        }

        foreach (ref readonly var other in earlier)
        {
            if (other.NameLength == name.Length && NameOf(other, json, unescapedNames).SequenceEqual(name))
            {
                return JoseRefusal.DuplicateMember;
            }
        }

        return JoseRefusal.None;
    }

    private static void BeginValue(ref Utf8JsonReader reader, ref JsonMember member)
    {
        member.ValueStart = (ushort)reader.TokenStartIndex;
        member.ValueType = reader.TokenType;
        member.ValueIsEscaped = reader.TokenType == JsonTokenType.String && reader.ValueIsEscaped;
    }

    private static void EndValue(ref Utf8JsonReader reader, ref JsonMember member) =>
        member.ValueLength = (ushort)(reader.BytesConsumed - member.ValueStart);

    /// <summary>RFC 8259 §8.2: such text has no meaning that two readers would agree on.</summary>
    private static bool HasHalfSurrogatePair(ReadOnlySpan<byte> escaped)
    {
        var highPending = false;
        for (var i = 0; i < escaped.Length; i++)
        {
            var unit = '\0';
            if (escaped[i] == (byte)'\\')
            {
                i++;
                if (escaped[i] == (byte)'u')
                {
                    unit = HexUnit(escaped.Slice(i + 1, 4));
                    i += 4;
                }
            }

            if (char.IsLowSurrogate(unit) != highPending)
            {
                return true;
            }

            highPending = char.IsHighSurrogate(unit);
        }

        return highPending;
    }

    private static char HexUnit(ReadOnlySpan<byte> hex)
    {
        // The JSON reader has already checked that these are four hexadecimal digits.
        _ = ushort.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit);
        return (char)unit;
    }
}
