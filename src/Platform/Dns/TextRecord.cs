namespace Culvert.Platform.Dns;

/// <summary>The joined texts of one record (RFC 1035 §3.3.14); bytes beyond ASCII as Latin 1.</summary>
public sealed record TextRecord(string Text) : DnsRecord
{
    public override DnsRecordType Type => DnsRecordType.Txt;
}
