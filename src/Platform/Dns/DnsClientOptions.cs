using System.Net;

namespace Culvert.Platform.Dns;

/// <summary>Whom to ask, and how long.</summary>
public sealed record DnsClientOptions
{
    /// <summary>Resolvers, tried in this order; empty = those of <see cref="ResolvConf"/>, read at each question.</summary>
    public IReadOnlyList<IPEndPoint> Servers { get; init; } = [];

    public string ResolvConf { get; init; } = "/etc/resolv.conf";

    /// <summary>Port of the servers of a zone; another than 53 only where all of them are forwarded.</summary>
    public int AuthorityPort { get; init; } = 53;

    /// <summary>For one server, once over UDP or once over TCP.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often the list of servers is gone through.</summary>
    public int Rounds { get; init; } = 2;

    /// <summary>For one question with all that it takes.</summary>
    public TimeSpan TotalTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many CNAME records are followed.</summary>
    public int MaxAliases { get; init; } = 8;
}
