namespace Culvert.Tunnel.Agent.Tests.Connector;

/// <summary>How a connector may carry the records of a client's TLS.</summary>
public enum MessageShape
{
    /// <summary>A message for each write.</summary>
    Whole,

    /// <summary>A message for each byte.</summary>
    ByteByByte,

    /// <summary>Messages that hold several records, and parts of them.</summary>
    Coalesced,

    /// <summary>Messages of many fragments: continuation frames, empty ones among them.</summary>
    Fragmented,

    /// <summary>Pings and pongs between the messages.</summary>
    WithPings,

    /// <summary>No WebSocket: the bytes as they are.</summary>
    Tcp,
}
