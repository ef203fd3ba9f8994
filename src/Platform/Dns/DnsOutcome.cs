namespace Culvert.Platform.Dns;

public enum DnsOutcome
{
    Found,

    /// <summary>The name exists, without records of this type (RFC 2308 §2.2).</summary>
    NoData,

    /// <summary>NXDOMAIN (RFC 2308 §2.1).</summary>
    NoSuchName,

    /// <summary>SERVFAIL, REFUSED, any other error code, or a server that is not responsible for the zone.</summary>
    ServerFailure,

    /// <summary>No server answered in time, or no server could be reached.</summary>
    Timeout,

    /// <summary>The answer could not be parsed.</summary>
    Malformed,

    /// <summary>An alias loop, too many aliases, or an alias to a name that cannot be queried.</summary>
    AliasChain,
}
