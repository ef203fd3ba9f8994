namespace Culvert.Platform.Dns;

/// <summary>What became of one question.</summary>
public sealed record DnsAnswer
{
    public required DnsOutcome Outcome { get; init; }

    /// <summary>The requested name.</summary>
    public required DnsName Question { get; init; }

    /// <summary>Where the aliases led; the question's name without any.</summary>
    public required DnsName Name { get; init; }

    /// <summary>Of the requested type and owned by <see cref="Name"/>; empty unless found.</summary>
    public IReadOnlyList<DnsRecord> Records { get; init; } = [];

    /// <summary>Neither records nor any hope of them: the absence is certain.</summary>
    public bool IsAbsent => Outcome is DnsOutcome.NoData or DnsOutcome.NoSuchName;
}
