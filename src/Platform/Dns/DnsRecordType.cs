namespace Culvert.Platform.Dns;

/// <summary>The supported record types (RFC 1035 §3.2.2, RFC 3596, RFC 8659).</summary>
public enum DnsRecordType : ushort
{
    A = 1,
    Ns = 2,
    Cname = 5,
    Soa = 6,
    Txt = 16,
    Aaaa = 28,
    Caa = 257,
}
