namespace Culvert.Platform.Dns;

public sealed record DnsAnswer
{
    public required DnsOutcome Outcome { get; init; }

    public required DnsName Question { get; init; }

    /// <summary>The end of the alias chain; the question's name without aliases.</summary>
    public required DnsName Name { get; init; }

    /// <summary>Records of the requested type owned by <see cref="Name"/>; empty unless found.</summary>
    public IReadOnlyList<DnsRecord> Records { get; init; } = [];

    /// <summary>Whether the answer proves that there are no such records.</summary>
    public bool IsAbsent => Outcome is DnsOutcome.NoData or DnsOutcome.NoSuchName;
}
