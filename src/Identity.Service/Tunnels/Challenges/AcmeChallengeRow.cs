using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.Challenges;

internal sealed record AcmeChallengeRow
{
    public required string Id { get; init; }

    public required string TunnelId { get; init; }

    public required string InstanceId { get; init; }

    public required string Name { get; init; }

    public required string Digest { get; init; }

    public long CreatedAt { get; init; }

    public long ExpiresAt { get; init; }

    public AcmeChallenge ToChallenge() =>
        new()
        {
            Id = AcmeChallengeId.Wrap(Id),
            TunnelId = TunnelId,
            InstanceId = InstanceId,
            Name = Name,
            Digest = Digest,
            CreatedAt = Instants.FromStore(CreatedAt),
            ExpiresAt = Instants.FromStore(ExpiresAt),
        };
}
