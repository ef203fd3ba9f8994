using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Servers.Policies;
using Culvert.Identity.Service.Tunnels.Challenges;
using Culvert.Identity.Service.Tunnels.Hostnames;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Machines;

/// <summary>
/// The feeds' content about names other than the tunnels' domains (S26), challenges for names (S25), and policies.
/// </summary>
internal sealed class FeedNames(
    HostnameStore hostnames,
    AcmeChallengeStore challenges,
    RoutePolicyStore policies,
    TimeProvider time
)
{
    /// <summary>The tunnel's hostnames except unproven claims; null if there are none.</summary>
    public async ValueTask<IReadOnlyList<FeedHostname>?> HostnamesAsync(
        TunnelId tunnelId,
        CancellationToken cancellationToken
    )
    {
        IReadOnlyList<FeedHostname> known =
        [
            .. (await hostnames.ListAsync(tunnelId, cancellationToken))
                .Where(hostname => hostname.State != HostnameState.Pending && !hostname.IsWildcard)
                .Select(hostname => new FeedHostname(Name: hostname.Name, State: hostname.State)),
        ];
        return known.Count == 0 ? null : known;
    }

    public async ValueTask<ILookup<string, string>> ActiveAsync(CancellationToken cancellationToken) =>
        (await hostnames.ListActiveAsync(cancellationToken))
            .Where(hostname => !hostname.IsWildcard)
            .ToLookup(hostname => hostname.TunnelId.Value, hostname => hostname.Name);

    public ValueTask<IReadOnlyList<AgentFeedPolicy>?> PoliciesAsync(
        string tunnelId,
        CancellationToken cancellationToken
    ) => policies.DescribeAsync(tunnelId, cancellationToken);

    /// <summary>The live challenges of one tunnel, or of all; null if there are none.</summary>
    public async ValueTask<IReadOnlyList<FeedAcmeChallenge>?> ChallengesAsync(
        string? tunnelId,
        CancellationToken cancellationToken
    ) => AcmeChallengeFeed.Describe(await challenges.ListLiveAsync(tunnelId, time.GetUtcNow(), cancellationToken));
}
