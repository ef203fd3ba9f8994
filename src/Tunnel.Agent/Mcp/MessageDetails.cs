namespace Culvert.Tunnel.Agent.Mcp;

/// <summary>Parts that few messages have, separate so that the other messages are small.</summary>
internal sealed class MessageDetails
{
    /// <summary><c>params.requestId</c>.</summary>
    public Range Cancelled { get; set; }

    /// <summary>The subscription id of <c>_meta</c>.</summary>
    public Range Subscription { get; set; }

    /// <summary><c>params.protocolVersion</c>.</summary>
    public string? OfferedVersion { get; set; }

    public string TraceState { get; set; } = "";

    public IReadOnlyList<string> Resources { get; set; } = [];

    public int? ErrorCode { get; set; }
}
