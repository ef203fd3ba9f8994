namespace Culvert.Platform.Dns;

/// <summary>Names a CA that may issue for a name (RFC 8659 §4.1).</summary>
/// <param name="IsCritical">A CA that does not know the tag must not issue.</param>
/// <param name="Tag">Lower case: <c>issue</c>, <c>issuewild</c>, …</param>
/// <param name="Value">As written; bytes beyond ASCII as Latin 1.</param>
public sealed record CaaRecord(bool IsCritical, string Tag, string Value) : DnsRecord
{
    public override DnsRecordType Type => DnsRecordType.Caa;
}
