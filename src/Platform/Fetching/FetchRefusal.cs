namespace Culvert.Platform.Fetching;

public enum FetchRefusal
{
    /// <summary>The URL is not absolute https, or has a user, password or fragment.</summary>
    InvalidUrl,

    Unresolvable,

    /// <summary>The address is private and not in the record's own targets.</summary>
    PrivateAddress,

    /// <summary>The address is loopback, and the record and the installation do not both name it.</summary>
    LoopbackAddress,

    /// <summary>A link-local address is never fetched from.</summary>
    LinkLocalAddress,

    /// <summary>A cloud's metadata service is never fetched from.</summary>
    MetadataAddress,

    /// <summary>The address cannot be a server's: multicast, documentation, translation.</summary>
    ReservedAddress,

    /// <summary>The record's own targets contain address and port, but the installation's bound does not.</summary>
    OutsideBound,

    /// <summary>A public address on a port other than 443, not in the record's own targets.</summary>
    PortNotAllowed,

    /// <summary>No server answered.</summary>
    Unreachable,

    /// <summary>The server's certificate was refused, or the handshake failed.</summary>
    Tls,

    TimedOut,

    /// <summary>The answer is longer than allowed, before or after decompression.</summary>
    TooLarge,

    /// <summary>The answer is a redirect, which is not followed.</summary>
    Redirect,

    /// <summary>The answer's status is neither 200 nor, when requested, 304.</summary>
    Status,

    /// <summary>The answer has another type than the requested document, usually a sign-in page.</summary>
    ContentType,

    /// <summary>The answer was cut off or cannot be decoded.</summary>
    Malformed,
}
