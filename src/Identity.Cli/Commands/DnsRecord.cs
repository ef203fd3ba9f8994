namespace Culvert.Identity.Cli.Commands;

internal sealed record DnsRecord(string Name, string Type, string Value)
{
    /// <summary>Short, so that clients follow a moved edge within minutes.</summary>
    public const int TimeToLive = 300;

    /// <summary>A line of a zone file (RFC 1035 §5.1).</summary>
    public override string ToString() => $"{Name} {TimeToLive} IN {Type} {Value}";
}
