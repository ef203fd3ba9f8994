namespace Culvert.Platform.Dns;

/// <summary>A record that names another name: NS, CNAME, and SOA by its primary server.</summary>
public sealed record NameRecord(DnsRecordType Kind, string Target) : DnsRecord
{
    public override DnsRecordType Type => Kind;
}
