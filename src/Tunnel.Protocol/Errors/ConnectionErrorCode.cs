namespace Culvert.Tunnel.Protocol.Errors;

/// <summary>Why a whole outer connection ends. Carried by GOAWAY; the numbers are the wire's.</summary>
public enum ConnectionErrorCode : ushort
{
    /// <summary>The peer broke a rule of the protocol.</summary>
    Protocol = 0x0101,

    /// <summary>The peer sent more than its credit, or gave credit that overflows (W2).</summary>
    FlowControl = 0x0102,

    /// <summary>A frame's length is not allowed for its type (W10).</summary>
    FrameSize = 0x0103,

    /// <summary>Nothing was received, or nothing could be written, for too long (W4, W5).</summary>
    Idle = 0x0104,

    /// <summary>An orderly end: the program stops, or a newer connection took over.</summary>
    Shutdown = 0x0105,

    /// <summary>The peer's certificate, tunnel or principal is no longer allowed.</summary>
    Revoked = 0x0106,

    /// <summary>The same enrolment has more connections than it announced; this is the oldest.</summary>
    Superseded = 0x0107,
}
