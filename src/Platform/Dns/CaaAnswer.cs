namespace Culvert.Platform.Dns;

/// <summary>The CAA set that governs a name.</summary>
public sealed record CaaAnswer
{
    /// <summary>Found; NoData when neither the name nor an ancestor has a set; else why it could not be learnt.</summary>
    public required DnsOutcome Outcome { get; init; }

    /// <summary>The name or the ancestor of it where the search ended.</summary>
    public required DnsName At { get; init; }

    /// <summary>Empty unless found.</summary>
    public IReadOnlyList<CaaRecord> Records { get; init; } = [];
}
