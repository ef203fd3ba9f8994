using System.Net;

namespace Culvert.Tunnel.Protocol.Frames;

/// <summary>What the edge sends to the agent about a client when it opens a stream. At most 4 KiB encoded.</summary>
public sealed record OpenPayload
{
    /// <summary>Server name of the client's hello, lower case, 1 to 253 ASCII characters.</summary>
    public required string ServerName { get; init; }

    /// <summary>The client's address and port as the edge saw them.</summary>
    public required IPEndPoint Client { get; init; }

    /// <summary>Set only if an outer-mTLS ingress authenticated the client.</summary>
    public ClientIdentity? Identity { get; init; }

    /// <summary>The edge's id of this client connection, logged by both sides. 1 to 64 ASCII characters.</summary>
    public required string ConnectionId { get; init; }

    /// <summary>W3C <c>traceparent</c>, if the edge traces the connection. At most 256 ASCII characters.</summary>
    public string? TraceContext { get; init; }
}
