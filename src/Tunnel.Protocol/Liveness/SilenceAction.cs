namespace Culvert.Tunnel.Protocol.Liveness;

internal enum SilenceAction
{
    /// <summary>The peer was heard recently, or the answer to a PING may still come.</summary>
    None,

    /// <summary>Ask the peer for a sign of life.</summary>
    Ping,

    /// <summary>End the connection.</summary>
    Dead,
}
