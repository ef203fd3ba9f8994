namespace Culvert.Platform.Dns;

/// <summary>Texts of one record, put together (RFC 1035 §3.3.14); bytes beyond ASCII as Latin 1.</summary>
public sealed record TextRecord(string Text) : DnsRecord
{
    public override DnsRecordType Type => DnsRecordType.Txt;
}
