namespace Culvert.Tunnel.Agent.Policy;

/// <summary>What a client's message asks for, after nothing of it was in doubt.</summary>
internal sealed record McpMessage
{
    /// <summary>Empty for the answer to a request of the server's.</summary>
    public required string Method { get; init; }

    /// <summary>What <see cref="Name"/> is; null where the message names nothing.</summary>
    public TargetKind? Kind { get; init; }

    public string Name { get; init; } = "";

    /// <summary>Further URIs, all of which must be allowed (<c>subscriptions/listen</c>).</summary>
    public IReadOnlyList<string> Resources { get; init; } = [];

    /// <summary>As it was written, quotes included; empty for notifications.</summary>
    public ReadOnlyMemory<byte> Id { get; init; }

    /// <summary>Of revision 2026-07-28 or later.</summary>
    public bool IsModern { get; init; }

    /// <summary>As the client says; empty when it does not.</summary>
    public string ProtocolVersion { get; init; } = "";

    /// <summary>Trace context (W3C) of the call's <c>_meta</c>; empty when there is none.</summary>
    public string TraceParent { get; init; } = "";

    /// <summary>As they were written, in the body that was read; empty when there are none.</summary>
    public ReadOnlyMemory<byte> Arguments { get; init; }
}
