namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary>An agent or an edge with an unexpired certificate, and what it holds of the platform's bundle.</summary>
/// <param name="Id">The enrolment or the edge, as an override names it.</param>
/// <param name="Name">The instance, or the edge's name.</param>
/// <param name="TunnelId">Null for edges.</param>
/// <param name="Acknowledged">The epoch acknowledged with its current certificate; 0 = none.</param>
internal sealed record PlatformMachine(
    bool IsEdge,
    string SpiffeId,
    string Id,
    string Name,
    string? TunnelId,
    long Served,
    long Acknowledged,
    DateTimeOffset? HeardAt
);
