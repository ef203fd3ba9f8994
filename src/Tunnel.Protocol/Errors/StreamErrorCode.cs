namespace Culvert.Tunnel.Protocol.Errors;

/// <summary>Why a stream was aborted. Carried by RST; the numbers are those of the wire. The connection continues.</summary>
public enum StreamErrorCode : ushort
{
    /// <summary>The agent did not handle the stream, so it may be opened elsewhere (W12).</summary>
    Refused = 0x0001,

    /// <summary>No route of the agent serves the server name.</summary>
    NoRoute = 0x0002,

    /// <summary>The stream exceeds the limit that the receiver announced (W3).</summary>
    Limit = 0x0003,

    /// <summary>The sender cancelled: the client disconnected, or the drain time is over.</summary>
    Cancelled = 0x0004,

    /// <summary>The stream's upstream disconnected.</summary>
    UpstreamGone = 0x0005,

    Internal = 0x0006,
}
