namespace Culvert.Identity.Cli.Commands;

/// <summary>A record to publish.</summary>
/// <param name="Name">Absolute, with its final dot.</param>
/// <param name="Type">As zone files write it.</param>
/// <param name="Value">Likewise.</param>
internal sealed record DnsRecord(string Name, string Type, string Value)
{
    /// <summary>Short enough that an edge's move is over in minutes.</summary>
    public const int TimeToLive = 300;

    /// <summary>A line of a zone file (RFC 1035 §5.1).</summary>
    public override string ToString() => $"{Name} {TimeToLive} IN {Type} {Value}";
}
