namespace Culvert.Platform.Dns;

public abstract record DnsRecord
{
    /// <summary>As read: a label may contain any byte, shown as <c>\DDD</c> (RFC 4343 §2.1).</summary>
    public required string Owner { get; init; }

    public required TimeSpan TimeToLive { get; init; }

    public abstract DnsRecordType Type { get; }
}
