using System.Text;
using System.Text.Json;

namespace Culvert.Tunnel.Agent.Mcp;

/// <summary>
/// Reads a request as nearly all clients write it in one pass: members that MCP names, none twice, names in plain ASCII,
/// nothing escaped that is looked at. Whatever is otherwise it leaves to <see cref="MessageReader"/>, which says what is
/// wrong with it, if anything is. What this one takes, that one reads the same, only in several times as long
/// (<c>./bench policy record</c>).
/// </summary>
internal ref struct PlainMessage
{
    private const int MaxNames = 32; // of all objects that are open at once
    private const int MaxOpen = 32;

    private readonly ReadOnlyMemory<byte> body;
    private readonly Span<(int At, int Length)> names;
    private readonly Span<int> open; // of each open object or array: how many names were there before it
    private Utf8JsonReader reader;
    private ReadOnlyMemory<byte> id;
    private ReadOnlyMemory<byte> arguments;
    private ReadOnlySpan<byte> method;
    private ReadOnlySpan<byte> name;
    private ReadOnlySpan<byte> uri;
    private ReadOnlySpan<byte> version;
    private ReadOnlySpan<byte> trace;
    private Member seen;

    private PlainMessage(ReadOnlyMemory<byte> body, int maxDepth, Span<(int At, int Length)> names, Span<int> open)
    {
        this.body = body;
        this.names = names;
        this.open = open;
        reader = new Utf8JsonReader(body.Span, new JsonReaderOptions { MaxDepth = maxDepth });
    }

    [Flags]
    private enum Member
    {
        None = 0,
        Version = 1,
        Id = 2,
        Method = 4,
        Params = 8,
        Name = 16,
        Uri = 32,
        Arguments = 64,
        Meta = 128,
    }

    /// <summary>Null: it has to be read with more care. Headers are not looked at.</summary>
    public static McpMessage? Read(ReadOnlyMemory<byte> body, int maxDepth)
    {
        try
        {
            return new PlainMessage(body, maxDepth, stackalloc (int, int)[MaxNames], stackalloc int[MaxOpen]).Read();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private McpMessage? Read()
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject || !ReadRoot())
        {
            return null;
        }

        // Behind the message there is nothing.
        const Member Needed = Member.Version | Member.Method;
        if (reader.Read() || (seen & Needed) != Needed || method.IsEmpty)
        {
            return null;
        }

        var spoken = method.SequenceEqual("tools/call"u8) ? McpMethods.CallTool : Encoding.ASCII.GetString(method);
        if (spoken is McpMethods.Complete or McpMethods.Listen)
        {
            return null;
        }

        var message = new McpMessage { Method = spoken };
        if (McpMethods.TargetOf(spoken, out var member) is { } kind)
        {
            var isName = member == "name";
            if ((seen & (isName ? Member.Name : Member.Uri)) == 0)
            {
                return null;
            }

            (message.Kind, message.Name) = (kind, Encoding.ASCII.GetString(isName ? name : uri));
        }

        message.Id = id;
        message.Arguments = arguments;
        message.ProtocolVersion = Encoding.ASCII.GetString(version);
        message.TraceParent = Encoding.ASCII.GetString(trace);
        return message;
    }

    private bool ReadRoot()
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var member =
                Is("jsonrpc"u8) ? Member.Version
                : Is("id"u8) ? Member.Id
                : Is("method"u8) ? Member.Method
                : Is("params"u8) ? Member.Params
                : Member.None;
            if (!IsNew(member) || !reader.Read() || !ReadRootValue(member))
            {
                return false;
            }
        }

        return reader.TokenType == JsonTokenType.EndObject;
    }

    private bool ReadRootValue(Member member)
    {
        switch (member)
        {
            case Member.Version:
                return TryReadText(out var spoken) && spoken.SequenceEqual("2.0"u8);
            case Member.Id:
                var written = Written((int)reader.TokenStartIndex);
                if (
                    reader.TokenType is not (JsonTokenType.String or JsonTokenType.Number)
                    || written.Length > MessageReader.MaxIdBytes
                )
                {
                    return false;
                }

                id = written.ToArray(); // outlives the body
                return true;
            case Member.Method:
                return TryReadText(out method);
            default:
                return reader.TokenType == JsonTokenType.StartObject && ReadParams();
        }
    }

    private bool ReadParams()
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var member =
                Is("name"u8) ? Member.Name
                : Is("arguments"u8) ? Member.Arguments
                : Is("_meta"u8) ? Member.Meta
                : Is("uri"u8) ? Member.Uri
                : Member.None;
            if (!IsNew(member) || !reader.Read() || !ReadParameter(member))
            {
                return false;
            }
        }

        return reader.TokenType == JsonTokenType.EndObject;
    }

    private bool ReadParameter(Member member)
    {
        switch (member)
        {
            case Member.Name:
                return TryReadText(out name);
            case Member.Uri:
                return TryReadText(out uri);
            case Member.Arguments:
                var start = (int)reader.TokenStartIndex;
                if (!Pass())
                {
                    return false;
                }

                arguments = Written(start);
                return true;
            default:
                return reader.TokenType == JsonTokenType.StartObject && ReadMeta();
        }
    }

    private bool ReadMeta()
    {
        var count = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var written = reader.ValueSpan;
            var isVersion = Ascii.Equals(written, MessageReader.VersionMember);
            var isVariant = !isVersion && Ascii.EqualsIgnoreCase(written, MessageReader.VersionMember);
            if (isVariant || !IsNewName(0, ref count) || !reader.Read())
            {
                return false;
            }

            if (isVersion)
            {
                if (!TryReadText(out version))
                {
                    return false;
                }
            }
            else if (written.SequenceEqual("traceparent"u8))
            {
                if (!TryReadText(out trace))
                {
                    return false;
                }

                trace = trace.Length <= MessageReader.MaxTraceLength ? trace : default;
            }
            else if (!Pass(count))
            {
                return false;
            }
        }

        return reader.TokenType == JsonTokenType.EndObject;
    }

    /// <summary>Goes to the end of the value. False: a name in it comes twice, or has to be read with more care.</summary>
    private bool Pass(int count = 0)
    {
        var depth = 0;
        do
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    if (depth == open.Length)
                    {
                        return false;
                    }

                    open[depth++] = count;
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    count = open[--depth];
                    break;
                case JsonTokenType.PropertyName when !IsNewName(open[depth - 1], ref count):
                    return false;
            }
        } while (depth > 0 && reader.Read());

        return depth == 0;
    }

    // Among those of the same object, which are the last ones.
    private readonly bool IsNewName(int first, ref int count)
    {
        var name = reader.ValueSpan;
        if (count == names.Length || reader.ValueIsEscaped || !Ascii.IsValid(name))
        {
            return false;
        }

        var bytes = body.Span;
        foreach (var (at, length) in names[first..count])
        {
            if (name.SequenceEqual(bytes.Slice(at, length)))
            {
                return false;
            }
        }

        names[count++] = ((int)reader.TokenStartIndex + 1, name.Length); // behind the quotation mark
        return true;
    }

    private bool IsNew(Member member)
    {
        var isNew = member != Member.None && (seen & member) == 0;
        seen |= member;
        return isNew;
    }

    private readonly bool Is(ReadOnlySpan<byte> name) => !reader.ValueIsEscaped && reader.ValueSpan.SequenceEqual(name);

    private readonly bool TryReadText(out ReadOnlySpan<byte> text)
    {
        text = reader.ValueSpan;
        return reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped && Ascii.IsValid(text);
    }

    // From a place to the end of the token that the reader is at.
    private readonly ReadOnlyMemory<byte> Written(int start) => body[start..(int)reader.BytesConsumed];
}
