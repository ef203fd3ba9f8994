namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>A party that a switch waits for.</summary>
internal sealed record RotationMissing
{
    /// <summary><c>agent</c>, <c>relying_party</c>, <c>propagation</c>.</summary>
    public required string Kind { get; init; }

    public required string Id { get; init; }

    /// <summary>The agent's instance or the relying party's name.</summary>
    public required string? Name { get; init; }

    public required DateTime Since { get; init; }

    public required long NeededEpoch { get; init; }

    /// <summary>The epoch that it last acknowledged; null = none, or the acknowledgement no longer counts.</summary>
    public required long? AcknowledgedEpoch { get; init; }

    public required DateTime? LastHeardAt { get; init; }
}
