using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Culvert.Tunnel.Agent.Mcp;

/// <summary>
/// One JSON-RPC message as bytes, with its parsed parts and their positions. <see cref="MessageReader"/>, its only
/// writer, reads it once: the token's scopes, the policy, the record, the trace and the relay use the same result.
/// </summary>
internal sealed class McpMessage(ReadOnlyMemory<byte> bytes)
{
    /// <summary>The longest id that policies and records accept.</summary>
    public const int MaxIdBytes = 256;

    /// <summary>The deepest nesting of a message that is relayed to a program, or checked for its scopes.</summary>
    public const int MaxDepth = 64;

    internal const string SubscriptionMember = "io.modelcontextprotocol/subscriptionId";
    internal const string VersionMember = "io.modelcontextprotocol/protocolVersion";
    internal const string CapabilitiesMember = "io.modelcontextprotocol/clientCapabilities";
    internal const string ClientMember = "io.modelcontextprotocol/clientInfo";

    // Other errors cannot be misread, and their receiver refuses them.
    private const MessageErrors NotRelayed =
        MessageErrors.NotJson
        | MessageErrors.TooManyValues
        | MessageErrors.Repeated
        | MessageErrors.Batch
        | MessageErrors.NotAnObject
        | MessageErrors.LookAlike
        | MessageErrors.Method
        | MessageErrors.Shape
        | MessageErrors.Id
        | MessageErrors.Token;

    // Errors that leave in doubt which operation the upstream reads.
    private const MessageErrors OperationUnclear =
        MessageErrors.Unreadable | MessageErrors.Method | MessageErrors.Target;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MessageReader.DeepestAllowed };

    private MessageDetails? details;

    public ReadOnlyMemory<byte> Bytes { get; private set; } = bytes;

    public MessageErrors Errors { get; set; }

    /// <summary>The nesting of objects and arrays; 1 for a message without parameters.</summary>
    public int Depth { get; set; }

    public int Values { get; set; }

    public MessageKind Kind { get; set; }

    /// <summary>Empty for a response.</summary>
    public string Method { get; set; } = "";

    /// <summary>The kind of <see cref="Name"/>; null where the method has no named target.</summary>
    public TargetKind? Target { get; set; }

    /// <summary>The name of the target, for methods that have one; else empty.</summary>
    public string Name { get; set; } = "";

    /// <summary>The version in <c>_meta</c>; null in messages of the legacy era, empty if it is no string.</summary>
    public string? Version { get; set; }

    /// <summary>The W3C <c>traceparent</c> of <c>_meta</c>; empty without one.</summary>
    public string TraceParent { get; set; } = "";

    /// <summary>The W3C <c>tracestate</c> of <c>_meta</c>; empty without one.</summary>
    public string TraceState => details?.TraceState ?? "";

    /// <summary>Further URIs, all of which must be allowed (<c>subscriptions/listen</c>).</summary>
    public IReadOnlyList<string> Resources => details?.Resources ?? [];

    /// <summary><c>params.protocolVersion</c>, of <c>initialize</c>.</summary>
    public string? OfferedVersion => details?.OfferedVersion;

    /// <summary>The error code of a response; null without an error.</summary>
    public int? ErrorCode => details?.ErrorCode;

    /// <summary>The raw <c>id</c>, quotes included; empty for a notification.</summary>
    public ReadOnlyMemory<byte> Id => Bytes[IdAt];

    public ReadOnlyMemory<byte> Arguments => Bytes[ArgumentsAt];

    /// <summary>
    /// The parameters as a tree over <see cref="Bytes"/>, parsed on first use; undefined without any. The message must be
    /// an object without duplicate members. It is not released early, because only calls with an approval have it.
    /// </summary>
    public JsonElement Parameters =>
        (Details.Document ??= JsonDocument.Parse(Bytes, Options)).RootElement.TryGetProperty("params", out var found)
            ? found
            : default;

    /// <summary>The raw progress token of a request or of <c>notifications/progress</c>; empty without one.</summary>
    public ReadOnlyMemory<byte> Token => Bytes[TokenAt];

    /// <summary>The raw id of the request that <c>notifications/cancelled</c> cancels; empty without one.</summary>
    public ReadOnlyMemory<byte> Cancelled => details is null ? default : Bytes[details.Cancelled];

    /// <summary>The raw id of the <c>subscriptions/listen</c> that a notification belongs to; empty without one.</summary>
    public ReadOnlyMemory<byte> Subscription => details is null ? default : Bytes[details.Subscription];

    /// <summary>The first required member of a modern request's <c>_meta</c> that is absent or of another type.</summary>
    public string? MetaError =>
        Version is null or "" ? VersionMember
        : Has(MessageErrors.NoCapabilities) ? CapabilitiesMember
        : Has(MessageErrors.OddClient) ? ClientMember
        : null;

    /// <summary>Whether every program reads it as the agent does, so that the agent may insert its own ids.</summary>
    public bool IsRelayable =>
        !Has(NotRelayed) && Depth <= MaxDepth && (!Has(MessageErrors.NoId) || ErrorCode is not null);

    /// <summary>Whether every server reads the same method and name from it as the agent.</summary>
    public bool NamesOperation => !Has(OperationUnclear) && Depth <= MaxDepth;

    internal Range IdAt { get; set; }

    internal Range ArgumentsAt { get; set; }

    internal Range TokenAt { get; set; }

    internal MessageDetails Details => details ??= new MessageDetails();

    public bool Has(MessageErrors faults) => (Errors & faults) != 0;

    /// <summary>Returns the message on one line, with some values replaced.</summary>
    /// <param name="edits">Parts of this message's own bytes, in any order, and their replacements.</param>
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

        // Inside strings line breaks are escaped (RFC 8259 §7), so these are whitespace between tokens.
        line.AsSpan().Replace((byte)'\n', (byte)' ');
        line.AsSpan().Replace((byte)'\r', (byte)' ');
        return line;
    }

    /// <summary>Releases the bytes: the response may take hours and does not need the request. Parsed texts stay.</summary>
    public void Forget()
    {
        Bytes = default;
        (IdAt, ArgumentsAt, TokenAt) = (default, default, default);
        details = null;
    }

    public override string ToString() => $"{Kind} {Method}";

    private int Offset(ReadOnlyMemory<byte> part)
    {
        MemoryMarshal.TryGetArray(Bytes, out var whole);
        MemoryMarshal.TryGetArray(part, out var piece);
        return piece.Offset - whole.Offset;
    }
}
