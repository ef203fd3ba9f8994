using System.Text.Json;

namespace Culvert.Tunnel.Agent.Mcp;

/// <summary>Parts that few messages have, separate so that the other messages are small.</summary>
internal sealed class MessageDetails
{
    public Range Cancelled { get; set; }

    /// <summary>The subscription id of <c>_meta</c>.</summary>
    public Range Subscription { get; set; }

    public string? OfferedVersion { get; set; }

    public string TraceState { get; set; } = "";

    public IReadOnlyList<string> Resources { get; set; } = [];

    public int? ErrorCode { get; set; }

    public JsonDocument? Document { get; set; }
}
