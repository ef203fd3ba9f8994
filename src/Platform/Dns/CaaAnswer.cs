namespace Culvert.Platform.Dns;

/// <summary>The CAA set that governs a name.</summary>
public sealed record CaaAnswer
{
    /// <summary>Found; NoData when neither the name nor an ancestor has a set; else the reason of the failure.</summary>
    public required DnsOutcome Outcome { get; init; }

    /// <summary>The name, or its ancestor, where the search ended.</summary>
    public required DnsName At { get; init; }

    /// <summary>Empty unless found.</summary>
    public IReadOnlyList<CaaRecord> Records { get; init; } = [];
}
