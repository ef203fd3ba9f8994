using System.Text;
using System.Text.Json;

namespace Culvert.Tunnel.Agent.Mcp;

/// <summary>Iterates over the members and values of a message, and notes ambiguous names and the depth.</summary>
/// <param name="mostValues">The limit of parts; beyond it reading fails with a <see cref="JsonException"/>.</param>
internal ref struct MessageTokens(ReadOnlySpan<byte> bytes, int mostValues)
{
    // Deep enough to distinguish "too deep" from "not JSON".
    private const int DeepestEver = 10_000;

    private Utf8JsonReader reader = new(bytes, new JsonReaderOptions { MaxDepth = DeepestEver });

    public MessageErrors Errors { get; set; }

    /// <summary>The deepest nesting of objects and arrays so far.</summary>
    public int Depth { get; private set; }

    /// <summary>The number of parts read so far (<see cref="JsonValues"/>).</summary>
    public int Values { get; private set; }

    public readonly JsonTokenType Type => reader.TokenType;

    public bool Read() => Advance();

    /// <summary>Enters the object at the reader. False: it is another value, which is skipped.</summary>
    public bool TryEnter()
    {
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            Deepen();
            return true;
        }

        Pass();
        return false;
    }

    /// <summary>Moves to the value of the next member of the current object. False: there is no further one.</summary>
    /// <param name="known">The significant members.</param>
    /// <param name="seen">The significant members found so far, as bits.</param>
    /// <param name="foreign">The error of a name that is not ASCII.</param>
    /// <param name="member">A significant or additionally read member; null for any other.</param>
    /// <param name="besides">Further members to read, which are not significant.</param>
    public bool NextMember(
        string[] known,
        ref int seen,
        MessageErrors foreign,
        out string? member,
        params ReadOnlySpan<string> besides
    )
    {
        member = null;
        if (!Advance() || reader.TokenType != JsonTokenType.PropertyName)
        {
            return false;
        }

        for (var i = 0; i < known.Length; i++)
        {
            if (reader.ValueTextEquals(known[i]))
            {
                member = known[i];
                Errors |= (seen & (1 << i)) == 0 ? 0 : MessageErrors.Repeated;
                seen |= 1 << i;
                Advance();
                return true;
            }
        }

        var written = reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(reader.GetString()!) : reader.ValueSpan;
        Errors |= MemberNames.IsVariant(written, known) ? MessageErrors.LookAlike : 0;
        Errors |= Ascii.IsValid(written) ? 0 : foreign;
        foreach (var other in besides)
        {
            member = Ascii.Equals(written, other) ? other : member;
        }

        Advance();
        return true;
    }

    /// <summary>Moves to the next member, where only one name is significant and all others are allowed.</summary>
    public bool NextMember(ReadOnlySpan<byte> name, out bool isMeant)
    {
        isMeant = false;
        if (!Advance() || reader.TokenType != JsonTokenType.PropertyName)
        {
            return false;
        }

        isMeant = reader.ValueTextEquals(name);
        Advance();
        return true;
    }

    /// <summary>The position of a string or a number: JSON-RPC 2.0 §4 has no other id, and MCP allows no null.</summary>
    /// <param name="otherwise">The error of any other value.</param>
    public Range ReadScalar(MessageErrors otherwise)
    {
        if (reader.TokenType is JsonTokenType.String or JsonTokenType.Number)
        {
            return Pass();
        }

        Errors |= otherwise;
        Pass();
        return default;
    }

    /// <summary>Null for any value but a string.</summary>
    public string? ReadText()
    {
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        Pass();
        return text;
    }

    /// <summary>False: the value is no list, or has an entry that is not a string.</summary>
    public bool TryReadTexts(List<string> texts)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            Pass();
            return false;
        }

        Deepen();
        var areTexts = true;
        while (Advance() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (ReadText() is { } text)
            {
                texts.Add(text);
            }
            else
            {
                areTexts = false;
            }
        }

        return areTexts;
    }

    public readonly bool TryReadNumber(out int number)
    {
        number = 0;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out number);
    }

    /// <summary>Moves to the end of the value at the reader. Returns its position.</summary>
    public Range Pass()
    {
        var start = (int)reader.TokenStartIndex;
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            var outer = reader.CurrentDepth;
            do
            {
                Deepen();
            } while (Advance() && reader.CurrentDepth > outer);
        }

        return start..(int)reader.BytesConsumed;
    }

    private bool Advance()
    {
        if (!reader.Read())
        {
            return false;
        }

        return ++Values <= mostValues ? true : throw new JsonException("The message has too many values.");
    }

    // The reader counts an object or array only after its start.
    private void Deepen()
    {
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            Depth = Math.Max(Depth, reader.CurrentDepth + 1);
        }
    }
}
