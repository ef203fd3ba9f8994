using System.Net;

namespace Culvert.Platform.Dns;

/// <summary>An A or AAAA record.</summary>
public sealed record AddressRecord(IPAddress Address) : DnsRecord
{
    public override DnsRecordType Type => Address.GetAddressBytes().Length == 4 ? DnsRecordType.A : DnsRecordType.Aaaa;
}
