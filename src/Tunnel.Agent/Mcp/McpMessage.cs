namespace Culvert.Tunnel.Agent.Mcp;

/// <summary>What a client's message asks for, after nothing of it was in doubt. Its reader alone sets it.</summary>
internal sealed class McpMessage
{
    /// <summary>Empty for the answer to a request of the server's.</summary>
    public required string Method { get; init; }

    /// <summary>What <see cref="Name"/> is; null where the message names nothing.</summary>
    public TargetKind? Kind { get; set; }

    public string Name { get; set; } = "";

    /// <summary>Further URIs, all of which must be allowed (<c>subscriptions/listen</c>).</summary>
    public IReadOnlyList<string> Resources { get; set; } = [];

    /// <summary>As it was written, quotes included; empty for notifications.</summary>
    public ReadOnlyMemory<byte> Id { get; set; }

    /// <summary>Of revision 2026-07-28 or later.</summary>
    public bool IsModern { get; set; }

    /// <summary>As the client says; empty when it does not.</summary>
    public string ProtocolVersion { get; set; } = "";

    /// <summary>Trace context (W3C) of the call's <c>_meta</c>; empty when there is none.</summary>
    public string TraceParent { get; set; } = "";

    /// <summary>As they were written: a part of the body that was read; empty when there are none.</summary>
    public ReadOnlyMemory<byte> Arguments { get; set; }
}
