using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tunnels.Challenges;

internal static class AcmeChallengeFeed
{
    public static IReadOnlyList<FeedAcmeChallenge>? Describe(IReadOnlyList<AcmeChallenge> live) =>
        live.Count == 0
            ? null
            :
            [
                .. live.Select(challenge => new FeedAcmeChallenge(
                    Id: challenge.Id.Value,
                    TunnelId: challenge.TunnelId,
                    Name: challenge.Name,
                    KeyAuthorizationSha256: challenge.Digest,
                    ExpiresAt: challenge.ExpiresAt
                )),
            ];
}
