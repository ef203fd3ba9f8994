using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary>An agent's enrolment for administrators (S4).</summary>
internal sealed record AgentEnrollmentRecord
{
    public required AgentId Id { get; init; }

    public required TunnelId TunnelId { get; init; }

    public required string InstanceId { get; init; }

    /// <summary><c>federation</c> or <c>tunnel_token</c>.</summary>
    public required string Method { get; init; }

    /// <summary>Federation: the service account; else the tunnel token's id.</summary>
    public required string Principal { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset LastProofAt { get; init; }

    /// <summary>Serial number of the newest platform certificate; null before the first.</summary>
    public string? Serial { get; init; }

    public DateTimeOffset? NotAfter { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }
}
