namespace Culvert.Tunnel.Agent.Mcp;

/// <summary>What few messages have. It lies apart, so that the others are small.</summary>
internal sealed class MessageDetails
{
    /// <summary><c>params.requestId</c>.</summary>
    public Range Cancelled { get; set; }

    /// <summary>The subscription that <c>_meta</c> names.</summary>
    public Range Subscription { get; set; }

    /// <summary><c>params.protocolVersion</c>.</summary>
    public string? OfferedVersion { get; set; }

    public string TraceState { get; set; } = "";

    public IReadOnlyList<string> Resources { get; set; } = [];

    public int? ErrorCode { get; set; }
}
