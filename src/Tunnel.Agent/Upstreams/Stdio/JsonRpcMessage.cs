using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;

namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

/// <summary>
/// One JSON-RPC message as bytes, with the places of what a relay must know or replace: nothing else of it is touched.
/// </summary>
internal sealed class JsonRpcMessage
{
    private const int MaxDepth = 64;

    private JsonRpcMessage(ReadOnlyMemory<byte> bytes) => Bytes = bytes;

    public ReadOnlyMemory<byte> Bytes { get; private set; }

    public MessageKind Kind { get; private set; }

    /// <summary>Empty for a response.</summary>
    public string Method { get; private set; } = "";

    /// <summary>The raw <c>id</c>, quotes included; empty for a notification.</summary>
    public ReadOnlyMemory<byte> Id => Bytes[id];

    /// <summary>
    /// The raw progress token: of a request what it asks to be told under, of <c>notifications/progress</c> what it
    /// tells of; empty for none.
    /// </summary>
    public ReadOnlyMemory<byte> Token => Bytes[token];

    /// <summary>The raw id of the request that <c>notifications/cancelled</c> speaks of; empty for none.</summary>
    public ReadOnlyMemory<byte> Cancelled => Bytes[cancelled];

    /// <summary>The raw id of the <c>subscriptions/listen</c> that a notification belongs to; empty for none.</summary>
    public ReadOnlyMemory<byte> Subscription => Bytes[subscription];

    /// <summary>What the message's own <c>_meta</c> says; null in messages of the legacy era.</summary>
    public string? Version { get; private set; }

    /// <summary><c>params.protocolVersion</c>, of <c>initialize</c>.</summary>
    public string? OfferedVersion { get; private set; }

    /// <summary><c>params.name</c>, or else <c>params.uri</c>.</summary>
    public string? Name => name ?? uri;

    /// <summary>Of a response that is an error.</summary>
    public int? ErrorCode { get; private set; }

    private Range id;
    private Range token;
    private Range cancelled;
    private Range subscription;
    private string? name;
    private string? uri;
    private bool hasMethod;
    private bool hasId;
    private bool isAnswer;

    /// <summary>False: no single JSON-RPC message that every reader reads alike.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out JsonRpcMessage? message)
    {
        message = null;
        if (!Utf8.IsValid(bytes.Span))
        {
            return false;
        }

        try
        {
            var read = new JsonRpcMessage(bytes);
            if (read.ReadRoot())
            {
                message = read;
            }
        }
        catch (JsonException)
        {
            // Not JSON.
        }

        return message is not null;
    }

    /// <summary>The message on one line, with other values in some places.</summary>
    /// <param name="edits">Parts of this message's own bytes, in any order, and what stands there instead.</param>
    public byte[] With(params ReadOnlySpan<(ReadOnlyMemory<byte> Part, ReadOnlyMemory<byte> Value)> edits)
    {
        var output = new ArrayBufferWriter<byte>(Bytes.Length + 32);
        var from = 0;
        Span<(int Start, int End, int Edit)> places = stackalloc (int, int, int)[edits.Length];
        for (var i = 0; i < edits.Length; i++)
        {
            var start = Offset(edits[i].Part);
            places[i] = (start, start + edits[i].Part.Length, i);
        }

        places.Sort(static (a, b) => a.Start.CompareTo(b.Start));
        foreach (var (start, end, edit) in places)
        {
            output.Write(Bytes.Span[from..start]);
            output.Write(edits[edit].Value.Span);
            from = end;
        }

        output.Write(Bytes.Span[from..]);
        var line = output.WrittenSpan.ToArray();

        // Inside of strings they are escaped (RFC 8259 §7), so these are blanks between tokens.
        line.AsSpan().Replace((byte)'\n', (byte)' ');
        line.AsSpan().Replace((byte)'\r', (byte)' ');
        return line;
    }

    /// <summary>Lets the bytes go: whoever waits for the answer, for hours perhaps, should not hold the question.</summary>
    public void Forget()
    {
        Bytes = default;
        (id, token, cancelled, subscription) = (default, default, default, default);
    }

    /// <summary>The number that a raw id or token is; false for any other.</summary>
    public static bool TryNumber(ReadOnlyMemory<byte> raw, out long number) =>
        Utf8Parser.TryParse(raw.Span, out number, out var used) && used == raw.Length;

    public override string ToString() => $"{Kind} {Method}";

    private int Offset(ReadOnlyMemory<byte> part)
    {
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(Bytes, out var whole);
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(part, out var piece);
        return piece.Offset - whole.Offset;
    }

    private bool ReadRoot()
    {
        var reader = new Utf8JsonReader(Bytes.Span, new JsonReaderOptions { MaxDepth = MaxDepth });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        var hasParams = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("id"u8))
            {
                if (hasId || !ReadScalar(ref reader, out id))
                {
                    return false;
                }

                hasId = true;
            }
            else if (reader.ValueTextEquals("method"u8))
            {
                if (hasMethod || !reader.Read() || reader.TokenType != JsonTokenType.String)
                {
                    return false;
                }

                (hasMethod, Method) = (true, reader.GetString()!);
            }
            else if (reader.ValueTextEquals("params"u8))
            {
                if (hasParams || !ReadParams(ref reader))
                {
                    return false;
                }

                hasParams = true;
            }
            else if (reader.ValueTextEquals("result"u8))
            {
                if (isAnswer)
                {
                    return false;
                }

                isAnswer = true;
                reader.Read();
                reader.Skip();
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                if (isAnswer || !ReadError(ref reader))
                {
                    return false;
                }

                isAnswer = true;
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        // To the very end: a second value behind the first is an error.
        while (reader.Read()) { }

        Kind =
            hasMethod && hasId ? MessageKind.Request
            : hasMethod ? MessageKind.Notification
            : MessageKind.Response;
        return hasMethod ? !isAnswer && Method.Length > 0 : isAnswer && (hasId || ErrorCode is not null);
    }

    private bool ReadParams(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return true;
        }

        var (hasToken, hasRequest, hasMeta) = (false, false, false);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("_meta"u8))
            {
                if (hasMeta || !ReadMeta(ref reader))
                {
                    return false;
                }

                hasMeta = true;
            }
            else if (reader.ValueTextEquals("progressToken"u8))
            {
                if (hasToken || !ReadScalar(ref reader, out var found))
                {
                    return false;
                }

                hasToken = true;
                directToken = found;
            }
            else if (reader.ValueTextEquals("requestId"u8))
            {
                if (hasRequest || !ReadScalar(ref reader, out cancelled))
                {
                    return false;
                }

                hasRequest = true;
            }
            else if (reader.ValueTextEquals("name"u8))
            {
                name = ReadText(ref reader);
            }
            else if (reader.ValueTextEquals("uri"u8))
            {
                uri = ReadText(ref reader);
            }
            else if (reader.ValueTextEquals("protocolVersion"u8))
            {
                OfferedVersion = ReadText(ref reader);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        if (hasToken)
        {
            token = directToken;
        }

        return true;
    }

    private Range directToken;

    private bool ReadMeta(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return true;
        }

        var (hasToken, hasSubscription) = (false, false);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("progressToken"u8))
            {
                if (hasToken || !ReadScalar(ref reader, out token))
                {
                    return false;
                }

                hasToken = true;
            }
            else if (reader.ValueTextEquals("io.modelcontextprotocol/subscriptionId"u8))
            {
                if (hasSubscription || !ReadScalar(ref reader, out subscription))
                {
                    return false;
                }

                hasSubscription = true;
            }
            else if (reader.ValueTextEquals("io.modelcontextprotocol/protocolVersion"u8))
            {
                if (Version is not null)
                {
                    return false;
                }

                Version = ReadText(ref reader) ?? "";
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return true;
    }

    private bool ReadError(ref Utf8JsonReader reader)
    {
        reader.Read();
        ErrorCode = 0;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return true;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isCode = reader.ValueTextEquals("code"u8);
            reader.Read();
            if (isCode && reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var code))
            {
                ErrorCode = code;
            }

            reader.Skip();
        }

        return true;
    }

    // JSON-RPC 2.0 §4: a string or a number. MCP allows no null.
    private static bool ReadScalar(ref Utf8JsonReader reader, out Range range)
    {
        range = default;
        if (!reader.Read() || reader.TokenType is not (JsonTokenType.String or JsonTokenType.Number))
        {
            return false;
        }

        range = (int)reader.TokenStartIndex..(int)reader.BytesConsumed;
        return true;
    }

    private static string? ReadText(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.GetString();
        }

        reader.Skip();
        return null;
    }
}
