namespace Culvert.Platform.Net;

/// <summary>Why the connection failed.</summary>
public enum ConnectFailure
{
    /// <summary>The name has no address.</summary>
    Unresolvable,

    /// <summary>The name has addresses, but none may be used.</summary>
    Refused,

    /// <summary>No permitted address answered.</summary>
    Unreachable,
}
