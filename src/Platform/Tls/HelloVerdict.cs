namespace Culvert.Platform.Tls;

public enum HelloVerdict
{
    Incomplete,

    /// <summary>A complete ClientHello with a server name.</summary>
    Complete,

    /// <summary>A complete ClientHello without a server name.</summary>
    NoServerName,

    TooLarge,

    /// <summary>Not TLS: the peer would not understand an alert.</summary>
    NotTls,

    /// <summary>TLS, but not a well-formed ClientHello.</summary>
    Malformed,
}
