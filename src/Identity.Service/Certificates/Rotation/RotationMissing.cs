namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>A party that a switch waits for.</summary>
/// <param name="Kind"><c>agent</c>, <c>relying_party</c>, <c>propagation</c>.</param>
/// <param name="Name">The agent's instance or the relying party's name.</param>
/// <param name="AcknowledgedEpoch">
/// The epoch that it last acknowledged; null = none, or the acknowledgement no longer counts.
/// </param>
internal sealed record RotationMissing(
    string Kind,
    string Id,
    string? Name,
    DateTime Since,
    long NeededEpoch,
    long? AcknowledgedEpoch,
    DateTime? LastHeardAt
);
