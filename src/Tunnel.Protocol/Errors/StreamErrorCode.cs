namespace Culvert.Tunnel.Protocol.Errors;

/// <summary>Why one stream was aborted. Carried by RST; the numbers are the wire's. Never ends the connection.</summary>
public enum StreamErrorCode : ushort
{
    /// <summary>The agent did not start on the stream: it may be opened again elsewhere (W12).</summary>
    Refused = 0x0001,

    /// <summary>No route of the agent serves the server name.</summary>
    NoRoute = 0x0002,

    /// <summary>One more stream than the receiver announced (W3).</summary>
    Limit = 0x0003,

    /// <summary>The sender cancelled: the client disconnected, or the drain time has passed.</summary>
    Cancelled = 0x0004,

    /// <summary>The upstream of the stream disconnected.</summary>
    UpstreamGone = 0x0005,

    /// <summary>An internal error of the sender.</summary>
    Internal = 0x0006,
}
