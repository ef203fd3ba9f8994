namespace Culvert.Tunnel.Protocol.Errors;

/// <summary>Why a stream closed early.</summary>
public enum StreamEnd
{
    ResetByPeer,

    ResetLocally,

    /// <summary>The agent's GOAWAY names an earlier stream as the last one handed to a handler (W12).</summary>
    NotHandled,

    /// <summary>The outer connection closed first.</summary>
    ConnectionLost,
}
