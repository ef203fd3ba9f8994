using System.Net;

namespace Culvert.Platform.Dns;

public sealed record AddressRecord(IPAddress Address) : DnsRecord
{
    public override DnsRecordType Type => Address.GetAddressBytes().Length == 4 ? DnsRecordType.A : DnsRecordType.Aaaa;
}
