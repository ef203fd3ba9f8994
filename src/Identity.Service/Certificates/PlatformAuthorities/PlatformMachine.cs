namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary>An agent or an edge with an unexpired certificate, and what it holds of the platform's bundle.</summary>
/// <param name="IsEdge">An edge, else an agent.</param>
/// <param name="SpiffeId">Who it is to others.</param>
/// <param name="Id">The enrolment, or the edge: what an override names.</param>
/// <param name="Name">The instance, or the edge's name.</param>
/// <param name="TunnelId">Of agents.</param>
/// <param name="Served">The newest epoch that it was given.</param>
/// <param name="Acknowledged">What it said, by the certificate that it has now; 0 = nothing.</param>
/// <param name="HeardAt">Its last call, as far as the store knows.</param>
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
