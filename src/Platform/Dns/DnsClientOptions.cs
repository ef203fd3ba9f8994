using System.Net;

namespace Culvert.Platform.Dns;

public sealed record DnsClientOptions
{
    /// <summary>Resolvers, tried in this order; empty: those of <see cref="ResolvConf"/>, read for each question.</summary>
    public IReadOnlyList<IPEndPoint> Servers { get; init; } = [];

    public string ResolvConf { get; init; } = "/etc/resolv.conf";

    /// <summary>Port of a zone's servers; differs from 53 only where all of them are forwarded.</summary>
    public int AuthorityPort { get; init; } = 53;

    /// <summary>For one server and one transport.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often the client tries the whole list of servers.</summary>
    public int Rounds { get; init; } = 2;

    /// <summary>For one question, including all retries and aliases.</summary>
    public TimeSpan TotalTimeout { get; init; } = TimeSpan.FromSeconds(10);

    public int MaxAliases { get; init; } = 8;
}
