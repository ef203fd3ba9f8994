namespace Culvert.Tunnel.Protocol.Errors;

/// <summary>A stream ended early. Its reader and writer throw this; other streams are not affected.</summary>
public sealed class MuxStreamException : IOException
{
    internal MuxStreamException(StreamEnd end, StreamErrorCode code)
        : base($"The tunnel stream closed early: {end} ({code}).")
    {
        End = end;
        Code = code;
    }

    public StreamEnd End { get; }

    /// <summary>
    /// The code of the RST; <see cref="StreamErrorCode.Refused"/> for <see cref="StreamEnd.NotHandled"/> and
    /// <see cref="StreamErrorCode.Internal"/> for <see cref="StreamEnd.ConnectionLost"/>.
    /// </summary>
    public StreamErrorCode Code { get; }

    /// <summary>
    /// True if a stream that ended this way, <em>before any frame from the agent</em>, may be opened again on another
    /// connection with the same first bytes (W12).
    /// </summary>
    public bool MayReopen =>
        End is StreamEnd.NotHandled or StreamEnd.ConnectionLost
        || (End == StreamEnd.ResetByPeer && Code == StreamErrorCode.Refused);
}
