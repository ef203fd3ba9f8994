using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Tunnels.Challenges;

/// <summary>A challenge that an agent announced because an ACME CA is about to check the name (S25).</summary>
internal sealed record AcmeChallenge
{
    public required AcmeChallengeId Id { get; init; }

    public required string TunnelId { get; init; }

    public required string InstanceId { get; init; }

    public required string Name { get; init; }

    /// <summary>SHA-256 of the key authorization, base64url.</summary>
    public required string Digest { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }
}
