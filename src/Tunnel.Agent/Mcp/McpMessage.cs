using System.Buffers;
using System.Runtime.InteropServices;

namespace Culvert.Tunnel.Agent.Mcp;

/// <summary>
/// One JSON-RPC message as bytes, with what the agent understands of it and where that stands. It is read once
/// (<see cref="MessageReader"/>, which alone sets it): the token's scopes, the policy, the record, the trace and the relay
/// go by the same reading.
/// </summary>
internal sealed class McpMessage(ReadOnlyMemory<byte> bytes)
{
    /// <summary>Policies and records take no longer id.</summary>
    public const int MaxIdBytes = 256;

    /// <summary>Deepest nesting of a message that is relayed to a program, or judged for its scopes.</summary>
    public const int MaxDepth = 64;

    internal const string SubscriptionMember = "io.modelcontextprotocol/subscriptionId";
    internal const string VersionMember = "io.modelcontextprotocol/protocolVersion";
    internal const string CapabilitiesMember = "io.modelcontextprotocol/clientCapabilities";
    internal const string ClientMember = "io.modelcontextprotocol/clientInfo";

    // What else is wrong with a message cannot be misunderstood, and is its receiver's to refuse.
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

    // What leaves in doubt which operation the upstream sees.
    private const MessageErrors OperationUnclear =
        MessageErrors.Unreadable | MessageErrors.Method | MessageErrors.Target;

    private MessageDetails? details;

    public ReadOnlyMemory<byte> Bytes { get; private set; } = bytes;

    public MessageErrors Faults { get; set; }

    /// <summary>How many objects and arrays are in one another; 1 for a message without parameters.</summary>
    public int Depth { get; set; }

    /// <summary>How many parts it has (<see cref="JsonValues"/>).</summary>
    public int Values { get; set; }

    public MessageKind Kind { get; set; }

    /// <summary>Empty for a response.</summary>
    public string Method { get; set; } = "";

    /// <summary>What <see cref="Name"/> is; null where the message is about nothing that has a name.</summary>
    public TargetKind? Target { get; set; }

    /// <summary>Of what the message is about, where the method says so; else empty.</summary>
    public string Name { get; set; } = "";

    /// <summary>
    /// What the message's own <c>_meta</c> says; null in messages of the legacy era, empty where it is no string.
    /// </summary>
    public string? Version { get; set; }

    /// <summary>Trace context (W3C) of <c>_meta</c>; empty when there is none.</summary>
    public string TraceParent { get; set; } = "";

    /// <summary>With <see cref="TraceParent"/>; empty when there is none.</summary>
    public string TraceState => details?.TraceState ?? "";

    /// <summary>Further URIs, all of which must be allowed (<c>subscriptions/listen</c>).</summary>
    public IReadOnlyList<string> Resources => details?.Resources ?? [];

    /// <summary><c>params.protocolVersion</c>, of <c>initialize</c>.</summary>
    public string? OfferedVersion => details?.OfferedVersion;

    /// <summary>Of a response that is an error.</summary>
    public int? ErrorCode => details?.ErrorCode;

    /// <summary>The raw <c>id</c>, quotes included; empty for a notification.</summary>
    public ReadOnlyMemory<byte> Id => Bytes[IdAt];

    /// <summary>As they were written; empty when there are none.</summary>
    public ReadOnlyMemory<byte> Arguments => Bytes[ArgumentsAt];

    /// <summary>
    /// The raw progress token: of a request what it asks to be told under, of <c>notifications/progress</c> what it
    /// tells of; empty for none.
    /// </summary>
    public ReadOnlyMemory<byte> Token => Bytes[TokenAt];

    /// <summary>The raw id of the request that <c>notifications/cancelled</c> speaks of; empty for none.</summary>
    public ReadOnlyMemory<byte> Cancelled => details is null ? default : Bytes[details.Cancelled];

    /// <summary>The raw id of the <c>subscriptions/listen</c> that a notification belongs to; empty for none.</summary>
    public ReadOnlyMemory<byte> Subscription => details is null ? default : Bytes[details.Subscription];

    /// <summary>
    /// The first member of <c>_meta</c> that a modern request must have and does not, or that has another type than it
    /// must have; null if there is none.
    /// </summary>
    public string? MetaFault =>
        Version is null or "" ? VersionMember
        : Has(MessageErrors.NoCapabilities) ? CapabilitiesMember
        : Has(MessageErrors.OddClient) ? ClientMember
        : null;

    /// <summary>Whether every program reads it as the agent does, so that the agent may put ids of its own into it.</summary>
    public bool IsRelayable =>
        !Has(NotRelayed) && Depth <= MaxDepth && (!Has(MessageErrors.NoId) || ErrorCode is not null);

    /// <summary>Whether every server finds the method and the name in it that the agent finds.</summary>
    public bool NamesOperation => !Has(OperationUnclear) && Depth <= MaxDepth;

    internal Range IdAt { get; set; }

    internal Range ArgumentsAt { get; set; }

    internal Range TokenAt { get; set; }

    internal MessageDetails Details => details ??= new MessageDetails();

    /// <summary>Whether it has any of these faults.</summary>
    public bool Has(MessageErrors faults) => (Faults & faults) != 0;

    /// <summary>The message on one line, with other values in some places.</summary>
    /// <param name="edits">Parts of this message's own bytes, in any order, and what replaces them.</param>
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

    /// <summary>
    /// Releases the bytes: the answer may take hours, and the request is not needed any more. What was read as text stays.
    /// </summary>
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
