namespace Culvert.Platform.Tls;

/// <summary>What the received bytes are so far.</summary>
public enum HelloVerdict
{
    /// <summary>More bytes are needed.</summary>
    Incomplete,

    /// <summary>A whole ClientHello with a server name.</summary>
    Complete,

    /// <summary>A whole ClientHello that names no server.</summary>
    NoServerName,

    /// <summary>Longer than allowed.</summary>
    TooLarge,

    /// <summary>Not TLS: no alert would be understood.</summary>
    NotTls,

    /// <summary>TLS, but no well-formed ClientHello.</summary>
    Malformed,
}
