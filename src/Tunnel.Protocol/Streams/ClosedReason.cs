namespace Culvert.Tunnel.Protocol.Streams;

/// <summary>How a stream closed, as far as it decides about frames that still arrive for it.</summary>
internal enum ClosedReason : byte
{
    /// <summary>Too long ago to know.</summary>
    Forgotten,

    /// <summary>FIN in both directions.</summary>
    Finished,

    /// <summary>We sent RST, refused it, or its agent never started on it: frames of the peer may be on their way.</summary>
    ResetLocally,

    /// <summary>The peer sent RST: it has said its last word.</summary>
    ResetByPeer,
}
