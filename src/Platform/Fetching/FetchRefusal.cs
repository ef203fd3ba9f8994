namespace Culvert.Platform.Fetching;

/// <summary>Why a fetch gave nothing.</summary>
public enum FetchRefusal
{
    /// <summary>Not an absolute https URL, or with user, password or fragment.</summary>
    InvalidUrl,

    /// <summary>The host name has no address.</summary>
    Unresolvable,

    /// <summary>The address is private and not in the record's own targets.</summary>
    PrivateAddress,

    /// <summary>The address is loopback, and not both the record and the installation name it.</summary>
    LoopbackAddress,

    /// <summary>A link-local address is never fetched from.</summary>
    LinkLocalAddress,

    /// <summary>A cloud's metadata service is never fetched from.</summary>
    MetadataAddress,

    /// <summary>The address belongs to no server: multicast, documentation, translation.</summary>
    ReservedAddress,

    /// <summary>The record's own targets hold address and port, and the installation's outer bound does not.</summary>
    OutsideBound,

    /// <summary>A public address on a port other than 443, not in the record's own targets.</summary>
    PortNotAllowed,

    /// <summary>No server answers.</summary>
    Unreachable,

    /// <summary>The server's certificate was not accepted, or the handshake failed.</summary>
    Tls,

    /// <summary>The time limit passed.</summary>
    TimedOut,

    /// <summary>The answer is longer than allowed, before or after decompression.</summary>
    TooLarge,

    /// <summary>The answer points elsewhere; it is not followed.</summary>
    Redirect,

    /// <summary>The answer's status is neither 200 nor, when requested, 304.</summary>
    Status,

    /// <summary>The answer says that it is something else than the requested document: a sign-in page, mostly.</summary>
    ContentType,

    /// <summary>The answer broke off or cannot be decoded.</summary>
    Malformed,
}
