namespace Culvert.Platform.Net;

/// <summary>How a connection attempt failed, to guide the operator.</summary>
public enum ConnectCause
{
    /// <summary>Another cause; see the failure's text.</summary>
    Other,

    /// <summary>The host answers, but no program listens at the port.</summary>
    Refused,

    /// <summary>No answer within the time limit, usually because a firewall drops packets or the host is down.</summary>
    Silent,

    Unresolved,

    /// <summary>This machine has no route to the address.</summary>
    Unreachable,
}
