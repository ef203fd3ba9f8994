namespace Culvert.Platform.Net;

public enum ConnectFailure
{
    Unresolvable,

    /// <summary>The name has addresses, but none may be used.</summary>
    Refused,

    /// <summary>No permitted address answered.</summary>
    Unreachable,
}
