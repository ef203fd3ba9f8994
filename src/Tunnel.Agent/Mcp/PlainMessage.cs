using System.Text;
using System.Text.Json;

namespace Culvert.Tunnel.Agent.Mcp;

/// <summary>
/// Reads a request in the usual form of nearly all clients in one pass: only members of MCP, no duplicates, names in
/// plain ASCII, no escapes in parsed parts. It leaves all other messages to <see cref="MessageWalk"/>, which notes their
/// errors. For each message that this type accepts, both have the same result, and the walk takes several times as long
/// (<c>./bench policy record</c>).
/// </summary>
internal ref struct PlainMessage
{
    private const int MaxNames = 32; // of all open objects together
    private const int MaxOpen = 32;

    private readonly McpMessage message;
    private readonly ReadOnlySpan<byte> body;
    private readonly Span<(int At, int Length)> names;
    private readonly Span<int> open; // for each open object or array: the number of names before it
    private Utf8JsonReader reader;
    private ReadOnlySpan<byte> method;
    private ReadOnlySpan<byte> name;
    private ReadOnlySpan<byte> uri;
    private Member seen;
    private int depth; // the deepest so far
    private int values; // read so far

    private PlainMessage(McpMessage message, Span<(int At, int Length)> names, Span<int> open)
    {
        this.message = message;
        this.names = names;
        this.open = open;
        body = message.Bytes.Span;
        reader = new Utf8JsonReader(body);
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
        Capabilities = 256,
    }

    /// <summary>False: <see cref="MessageWalk"/> has to read the message.</summary>
    public static bool TryRead(McpMessage message)
    {
        try
        {
            return new PlainMessage(message, stackalloc (int, int)[MaxNames], stackalloc int[MaxOpen]).TryRead();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private bool TryRead()
    {
        if (!Next() || reader.TokenType != JsonTokenType.StartObject || !ReadRoot())
        {
            return false;
        }

        const Member Needed = Member.Version | Member.Method;
        if (Next() || (seen & Needed) != Needed || method.IsEmpty || values > JsonValues.MostOfMessage)
        {
            return false;
        }

        message.Method = method.SequenceEqual("tools/call"u8) ? McpMethods.CallTool : Encoding.ASCII.GetString(method);
        if (message.Method is McpMethods.Complete or McpMethods.Listen or McpMethods.Progress)
        {
            return false;
        }

        if (McpMethods.FindTarget(message.Method, out var member) is { } target)
        {
            var isName = member == "name";
            if ((seen & (isName ? Member.Name : Member.Uri)) == 0)
            {
                return false;
            }

            (message.Target, message.Name) = (target, Encoding.ASCII.GetString(isName ? name : uri));
        }

        message.Kind = (seen & Member.Id) != 0 ? MessageKind.Request : MessageKind.Notification;
        message.Errors |= (seen & Member.Capabilities) != 0 ? 0 : MessageErrors.NoCapabilities;
        (message.Depth, message.Values) = (depth, values);
        return true;
    }

    private bool ReadRoot()
    {
        Deepen();
        while (Next() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var member =
                Is("jsonrpc"u8) ? Member.Version
                : Is("id"u8) ? Member.Id
                : Is("method"u8) ? Member.Method
                : Is("params"u8) ? Member.Params
                : Member.None;
            if (!IsNew(member) || !Next() || !ReadRootValue(member))
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
                message.IdAt = Written((int)reader.TokenStartIndex);
                return IsScalar() && message.Id.Length <= McpMessage.MaxIdBytes;
            case Member.Method:
                return TryReadText(out method);
            default:
                return reader.TokenType == JsonTokenType.StartObject && ReadParams();
        }
    }

    private bool ReadParams()
    {
        Deepen();
        while (Next() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var member =
                Is("name"u8) ? Member.Name
                : Is("arguments"u8) ? Member.Arguments
                : Is("_meta"u8) ? Member.Meta
                : Is("uri"u8) ? Member.Uri
                : Member.None;
            if (!IsNew(member) || !Next() || !ReadParameter(member))
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

                message.ArgumentsAt = Written(start);
                return true;
            default:
                return reader.TokenType == JsonTokenType.StartObject && ReadMeta();
        }
    }

    private bool ReadMeta()
    {
        Deepen();
        var count = 0;
        while (Next() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var written = reader.ValueSpan;
            if (!IsNewName(0, ref count) || MemberNames.IsVariant(written, MessageWalk.InMeta) || !Next())
            {
                return false;
            }

            var isRead =
                written.SequenceEqual("progressToken"u8) ? TryReadToken()
                : Ascii.Equals(written, McpMessage.VersionMember) ? TryReadVersion()
                : Ascii.Equals(written, McpMessage.SubscriptionMember) ? false
                : written.SequenceEqual("traceparent"u8) ? TryReadTrace()
                : written.SequenceEqual("tracestate"u8) ? TryReadTraceState()
                : TryReadObject(written, count);
            if (!isRead)
            {
                return false;
            }
        }

        return reader.TokenType == JsonTokenType.EndObject;
    }

    private readonly bool TryReadToken()
    {
        message.TokenAt = Written((int)reader.TokenStartIndex);
        return IsScalar();
    }

    private readonly bool TryReadVersion()
    {
        var isRead = TryReadText(out var version);
        message.Version = version.SequenceEqual("2026-07-28"u8)
            ? McpRevision.FirstModern
            : Encoding.ASCII.GetString(version);
        return isRead;
    }

    private readonly bool TryReadTrace()
    {
        var isRead = TryReadText(out var trace);
        message.TraceParent = Encoding.ASCII.GetString(trace);
        return isRead;
    }

    private readonly bool TryReadTraceState()
    {
        var isRead = TryReadText(out var state);
        message.Details.TraceState = Encoding.ASCII.GetString(state);
        return isRead;
    }

    // Of the client's self-description only its presence matters here.
    private bool TryReadObject(ReadOnlySpan<byte> member, int count)
    {
        var isObject = reader.TokenType == JsonTokenType.StartObject;
        if (Ascii.Equals(member, McpMessage.CapabilitiesMember))
        {
            seen |= isObject ? Member.Capabilities : Member.None;
        }
        else if (!isObject && Ascii.Equals(member, McpMessage.ClientMember))
        {
            return false;
        }

        return Pass(count);
    }

    /// <summary>Moves to the end of the value. False: a name in it is a duplicate, or needs the full reader.</summary>
    private bool Pass(int count = 0)
    {
        var opened = 0;
        do
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    if (opened == open.Length)
                    {
                        return false;
                    }

                    Deepen();
                    open[opened++] = count;
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    count = open[--opened];
                    break;
                case JsonTokenType.PropertyName when !IsNewName(open[opened - 1], ref count):
                    return false;
            }
        } while (opened > 0 && values <= JsonValues.MostOfMessage && Next());

        return opened == 0;
    }

    // Compares with the names of the same object, which are the last ones.
    private readonly bool IsNewName(int first, ref int count)
    {
        var name = reader.ValueSpan;
        if (count == names.Length || reader.ValueIsEscaped || !Ascii.IsValid(name))
        {
            return false;
        }

        foreach (var (at, length) in names[first..count])
        {
            if (name.SequenceEqual(body.Slice(at, length)))
            {
                return false;
            }
        }

        names[count++] = ((int)reader.TokenStartIndex + 1, name.Length); // after the quotation mark
        return true;
    }

    private bool Next()
    {
        var isThere = reader.Read();
        values += isThere ? 1 : 0;
        return isThere;
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

    private readonly bool IsScalar() => reader.TokenType is JsonTokenType.String or JsonTokenType.Number;

    // From a position to the end of the current token.
    private readonly Range Written(int start) => start..(int)reader.BytesConsumed;

    // Called at the start of an object or array, which the reader counts only afterwards.
    private void Deepen() => depth = Math.Max(depth, reader.CurrentDepth + 1);
}
