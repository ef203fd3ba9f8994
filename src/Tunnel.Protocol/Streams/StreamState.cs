namespace Culvert.Tunnel.Protocol.Streams;

/// <summary>The state of a stream on the wire (W11).</summary>
/// <remarks>
/// The owner is <see cref="MuxStream"/>, the guard its connection's <c>Outbox.Gate</c>. State × event:
/// <code>
///                  Open                HalfClosedLocal     HalfClosedRemote    Closed
/// local DATA       send                misuse (throws)     send                throws MuxStreamException
/// local FIN        → HalfClosedLocal   ignored             → Closed            ignored
/// local abort      RST, → Closed       RST, → Closed       RST, → Closed       ignored
/// DATA received    deliver             deliver             PROTOCOL            see ClosedStreams
/// FIN received     → HalfClosedRemote  → Closed            PROTOCOL            see ClosedStreams
/// RST received     → Closed            → Closed            → Closed            see ClosedStreams
/// WINDOW received  credit              credit, unused      credit              ignored
/// connection lost  → Closed            → Closed            → Closed            ignored
/// </code>
/// </remarks>
internal enum StreamState
{
    Open,

    /// <summary>Our FIN is framed; the peer may still send.</summary>
    HalfClosedLocal,

    HalfClosedRemote,

    /// <summary>FIN in both directions, reset, or lost.</summary>
    Closed,
}
