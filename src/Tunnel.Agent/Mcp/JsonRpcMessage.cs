using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Culvert.Tunnel.Agent.Mcp;

/// <summary>
/// One JSON-RPC message as bytes, with the places of what a relay must know or replace: nothing else of it is touched.
/// </summary>
internal sealed class JsonRpcMessage
{
    private const int MaxDepth = 64;
    private const string SubscriptionMember = "io.modelcontextprotocol/subscriptionId";
    private const string VersionMember = "io.modelcontextprotocol/protocolVersion";
    private const string CapabilitiesMember = "io.modelcontextprotocol/clientCapabilities";
    private const string ClientMember = "io.modelcontextprotocol/clientInfo";

    // What a relay understands of a message, by where it stands.
    private static readonly string[] InRoot = ["jsonrpc", "id", "method", "params", "result", "error"];
    private static readonly string[] InParams =
    [
        "_meta",
        "progressToken",
        "requestId",
        "name",
        "uri",
        "protocolVersion",
    ];
    private static readonly string[] InMeta =
    [
        "progressToken",
        SubscriptionMember,
        VersionMember,
        CapabilitiesMember,
        ClientMember,
    ];

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

    /// <summary>
    /// What the message's own <c>_meta</c> says; null in messages of the legacy era, empty where it is no string.
    /// </summary>
    public string? Version { get; private set; }

    /// <summary>
    /// The first member of <c>_meta</c> that a modern request must have and does not, or that has another type than it
    /// must have; null if there is none.
    /// </summary>
    public string? MetaFault =>
        Version is null or "" ? VersionMember
        : !hasCapabilities ? CapabilitiesMember
        : hasOddClient ? ClientMember
        : null;

    /// <summary><c>params.protocolVersion</c>, of <c>initialize</c>.</summary>
    public string? OfferedVersion => offeredVersion;

    /// <summary><c>params.name</c>, or else <c>params.uri</c>.</summary>
    public string? Name => name ?? uri;

    /// <summary>Of a response that is an error.</summary>
    public int? ErrorCode { get; private set; }

    private Range id;
    private Range token;
    private Range directToken;
    private Range cancelled;
    private Range subscription;
    private string? name;
    private string? uri;
    private string? offeredVersion;
    private bool hasCapabilities;
    private bool hasOddClient;
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
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not JSON, or text with half a surrogate pair.
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

        var seen = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            // JSON-RPC names all of these, and none of them is anything but ASCII.
            if (
                !TryName(ref reader, InRoot, ref seen, out var member)
                || (member is null && !Ascii.IsValid(reader.GetString()))
            )
            {
                return false;
            }

            var isGood = member switch
            {
                "id" => hasId = ReadScalar(ref reader, out id),
                "method" => hasMethod = ReadMethod(ref reader),
                "params" => ReadParams(ref reader),
                "result" => !isAnswer && (isAnswer = Skip(ref reader)),
                "error" => !isAnswer && (isAnswer = ReadError(ref reader)),
                _ => Skip(ref reader),
            };
            if (!isGood)
            {
                return false;
            }
        }

        // To the very end: a second value behind the first is an error.
        while (reader.Read()) { }

        Kind =
            hasMethod && hasId ? MessageKind.Request
            : hasMethod ? MessageKind.Notification
            : MessageKind.Response;
        if (Kind == MessageKind.Request && !Bytes[directToken].IsEmpty)
        {
            return false; // a program may read it there too, where it would stay the client's
        }

        if (Method == "notifications/progress")
        {
            token = directToken;
        }

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

        var seen = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!TryName(ref reader, InParams, ref seen, out var member))
            {
                return false;
            }

            var isGood = member switch
            {
                "_meta" => ReadMeta(ref reader),
                "progressToken" => ReadScalar(ref reader, out directToken),
                "requestId" => ReadScalar(ref reader, out cancelled),
                "name" => ReadText(ref reader, out name),
                "uri" => ReadText(ref reader, out uri),
                "protocolVersion" => ReadText(ref reader, out offeredVersion),
                _ => Skip(ref reader),
            };
            if (!isGood)
            {
                return false;
            }
        }

        return true;
    }

    private bool ReadMeta(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return true;
        }

        var seen = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!TryName(ref reader, InMeta, ref seen, out var member))
            {
                return false;
            }

            var isGood = true;
            switch (member)
            {
                case "progressToken":
                    isGood = ReadScalar(ref reader, out token);
                    break;
                case SubscriptionMember:
                    isGood = ReadScalar(ref reader, out subscription);
                    break;
                case VersionMember:
                    ReadText(ref reader, out var version);
                    Version = version ?? "";
                    break;
                case CapabilitiesMember:
                    hasCapabilities = IsObject(ref reader);
                    break;
                case ClientMember:
                    hasOddClient = !IsObject(ref reader);
                    break;
                default:
                    Skip(ref reader);
                    break;
            }

            if (!isGood)
            {
                return false;
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

    // Of another type it is the program's to refuse.
    private static bool ReadText(ref Utf8JsonReader reader, out string? text)
    {
        reader.Read();
        text = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        reader.Skip();
        return true;
    }

    private static bool IsObject(ref Utf8JsonReader reader)
    {
        reader.Read();
        var isObject = reader.TokenType == JsonTokenType.StartObject;
        reader.Skip();
        return isObject;
    }

    private static bool Skip(ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Skip();
        return true;
    }

    private bool ReadMethod(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.String)
        {
            return false;
        }

        Method = reader.GetString()!;
        return true;
    }

    // False: it stands there twice, or another reader (Go's takes the last) would take it for one of those that count.
    private static bool TryName(ref Utf8JsonReader reader, string[] known, ref int seen, out string? name)
    {
        name = null;
        for (var i = 0; i < known.Length; i++)
        {
            if (reader.ValueTextEquals(known[i]))
            {
                name = known[i];
                var isFirst = (seen & (1 << i)) == 0;
                seen |= 1 << i;
                return isFirst;
            }
        }

        var written = reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(reader.GetString()!) : reader.ValueSpan;
        return !MemberNames.IsVariant(written, known);
    }
}
