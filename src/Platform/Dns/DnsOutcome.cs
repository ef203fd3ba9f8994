namespace Culvert.Platform.Dns;

/// <summary>How a question ended.</summary>
public enum DnsOutcome
{
    /// <summary>There are records.</summary>
    Found,

    /// <summary>The name exists, without records of this type (RFC 2308 §2.2).</summary>
    NoData,

    /// <summary>NXDOMAIN (RFC 2308 §2.1).</summary>
    NoSuchName,

    /// <summary>SERVFAIL, REFUSED, any other error code, or a server that does not know the zone it was asked about.</summary>
    ServerFailure,

    /// <summary>No server answered in time, or no server could be reached.</summary>
    Timeout,

    /// <summary>What came back could not be read.</summary>
    Malformed,

    /// <summary>Aliases in a circle, too many, or to a name that cannot be queried.</summary>
    AliasChain,
}
