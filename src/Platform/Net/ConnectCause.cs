namespace Culvert.Platform.Net;

/// <summary>How an attempt to connect failed, as far as it tells the operator where to look.</summary>
public enum ConnectCause
{
    /// <summary>Something else; the failure's text says what.</summary>
    Other,

    /// <summary>The host is there, and no program listens at the port.</summary>
    Refused,

    /// <summary>No answer within the time limit: mostly a firewall that drops packets, or a host that is down.</summary>
    Silent,

    /// <summary>The name has no address.</summary>
    Unresolved,

    /// <summary>This machine has no route to the address.</summary>
    Unreachable,
}
