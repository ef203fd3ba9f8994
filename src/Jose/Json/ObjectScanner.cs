using System.Globalization;
using System.Text;
using System.Text.Json;
using Culvert.Jose.Refusals;

namespace Culvert.Jose.Json;

/// <summary>
/// One pass of the platform's reader over an object. In addition to the reader's rules it refuses what readers do not agree
/// on: names that occur twice in one object, and half surrogate pairs.
/// </summary>
internal ref struct ObjectScanner(ReadOnlySpan<byte> json, Span<JsonMember> table)
{
    // Up to this many names of an object are compared one by one; for more, that would take quadratic time.
    private const int FewNames = 64;

    private readonly ReadOnlySpan<byte> json = json;
    private readonly Span<JsonMember> table = table;

    // The scanner refuses deep nesting before the reader does, with a refusal of its own.
    private Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = JoseLimits.MaxDepth + 1 });
    private int unescapedLength;

    public int Count { get; private set; }

    public byte[]? UnescapedNames { get; private set; }

    public JoseRefusal ReadDocument()
    {
        try
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                return JoseRefusal.NotAnObject;
            }

            var refusal = ReadObject();
            if (refusal == JoseRefusal.None)
            {
                reader.Read(); // throws if anything follows
            }

            return refusal;
        }
        catch (JsonException)
        {
            return JoseRefusal.JsonMalformed;
        }
    }

    private JoseRefusal ReadObject()
    {
        var level = reader.CurrentDepth;
        if (level >= JoseLimits.MaxDepth)
        {
            return JoseRefusal.TooDeep;
        }

        var scope = Count;
        // A bit set of the names so far: most names are new by this alone.
        var marks = 0UL;
        HashSet<string>? names = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var refusal = ReadMember(scope, ref marks, ref names);
            if (refusal != JoseRefusal.None)
            {
                return refusal;
            }
        }

        Count = level == 0 ? Count : scope;
        return JoseRefusal.None;
    }

    private JoseRefusal ReadMember(int scope, ref ulong marks, ref HashSet<string>? names)
    {
        ref var member = ref table[Count];
        member = default;
        var refusal = ReadName(ref member);
        if (refusal == JoseRefusal.None)
        {
            refusal = CheckName(member, scope, ref marks, ref names);
        }

        if (refusal != JoseRefusal.None)
        {
            return refusal;
        }

        Count++;
        reader.Read();
        member.ValueStart = (ushort)reader.TokenStartIndex;
        member.ValueType = reader.TokenType;
        member.ValueIsEscaped = reader.TokenType == JsonTokenType.String && reader.ValueIsEscaped;
        refusal = ReadValue();
        member.ValueLength = (ushort)(reader.BytesConsumed - member.ValueStart);
        return refusal;
    }

    private JoseRefusal ReadValue() =>
        reader.TokenType switch
        {
            JsonTokenType.StartObject => ReadObject(),
            JsonTokenType.StartArray => ReadArray(),
            JsonTokenType.String => CheckText(),
            _ => JoseRefusal.None,
        };

    private JoseRefusal ReadArray()
    {
        if (reader.CurrentDepth >= JoseLimits.MaxDepth)
        {
            return JoseRefusal.TooDeep;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var refusal = ReadValue();
            if (refusal != JoseRefusal.None)
            {
                return refusal;
            }
        }

        return JoseRefusal.None;
    }

    private readonly JoseRefusal CheckText() =>
        reader.ValueIsEscaped && HasHalfSurrogatePair(reader.ValueSpan) ? JoseRefusal.TextInvalid : JoseRefusal.None;

    private JoseRefusal ReadName(ref JsonMember member)
    {
        if (!reader.ValueIsEscaped)
        {
            member.NameStart = (ushort)(reader.TokenStartIndex + 1);
            member.NameLength = (ushort)reader.ValueSpan.Length;
            return JoseRefusal.None;
        }

        var refusal = CheckText();
        if (refusal != JoseRefusal.None)
        {
            return refusal;
        }

        // Unescaped text is never longer than escaped text, so this holds all names of the document.
        UnescapedNames ??= new byte[json.Length];
        member.NameIsUnescapedCopy = true;
        member.NameStart = (ushort)unescapedLength;
        member.NameLength = (ushort)reader.CopyString(UnescapedNames.AsSpan(unescapedLength));
        unescapedLength += member.NameLength;
        return JoseRefusal.None;
    }

    private readonly JoseRefusal CheckName(in JsonMember member, int scope, ref ulong marks, ref HashSet<string>? names)
    {
        var name = StrictObjectReader.GetName(member, json, UnescapedNames);
        if (name.SequenceEqual("__proto__"u8))
        {
            return JoseRefusal.MemberNameForbidden;
        }

        if (Count - scope >= FewNames)
        {
            names ??= NamesSince(scope);
            return names.Add(Encoding.UTF8.GetString(name)) ? JoseRefusal.None : JoseRefusal.DuplicateMember;
        }

        var mark = 1UL << (name.IsEmpty ? 0 : (name.Length + (5 * name[0]) + (11 * name[^1])) & 63);
        if ((marks & mark) == 0)
        {
            marks |= mark;
            return JoseRefusal.None;
        }

        foreach (ref readonly var other in table[scope..Count])
        {
            if (
                other.NameLength == name.Length
                && StrictObjectReader.GetName(other, json, UnescapedNames).SequenceEqual(name)
            )
            {
                return JoseRefusal.DuplicateMember;
            }
        }

        return JoseRefusal.None;
    }

    // As strings, because their hashes are randomized against collision attacks.
    private readonly HashSet<string> NamesSince(int scope)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (ref readonly var member in table[scope..Count])
        {
            names.Add(Encoding.UTF8.GetString(StrictObjectReader.GetName(member, json, UnescapedNames)));
        }

        return names;
    }

    /// <summary>RFC 8259 §8.2: readers do not agree on the meaning of such text.</summary>
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
        // The escape's four hexadecimal digits have been checked.
        _ = ushort.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit);
        return (char)unit;
    }
}
