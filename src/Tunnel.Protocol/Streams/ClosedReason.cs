namespace Culvert.Tunnel.Protocol.Streams;

/// <summary>How a stream closed, as far as it matters for frames that still arrive for it.</summary>
internal enum ClosedReason : byte
{
    /// <summary>Unknown, because it was too long ago.</summary>
    Forgotten,

    Finished,

    /// <summary>We sent RST or refused it, or its agent never handled it: the peer's frames may still arrive.</summary>
    ResetLocally,

    /// <summary>The peer sent RST, so it sends nothing more.</summary>
    ResetByPeer,
}
