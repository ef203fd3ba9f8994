namespace Culvert.Testing.Proxies;

/// <summary>What is at the other end of a proxy's tunnel.</summary>
public enum WayToTarget
{
    /// <summary>The target, with a certificate for its name that the client trusts.</summary>
    Genuine,

    /// <summary>A server whose certificate is from the right authority, for another name.</summary>
    OtherName,

    /// <summary>A server whose certificate is for the right name, from an authority that the client does not trust.</summary>
    OtherAuthority,

    /// <summary>The proxy, which answers the request itself, in clear.</summary>
    ProxyInClear,

    /// <summary>The proxy, which answers the request itself, by TLS with its own certificate.</summary>
    ProxyByTls,
}
