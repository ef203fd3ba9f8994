using System.Collections.Concurrent;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Tunnels.Certificates;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>
/// Requests early renewal of leaves of compromised authorities, and of those removed from the bundle early, as soon as
/// another authority issues (S14).
/// </summary>
internal sealed class EarlyRenewals(
    TunnelAuthorityStore authorities,
    CertificateStore inventory,
    ServiceIdentity identity,
    TimeProvider time
)
{
    /// <summary>Enough, because agents present leaves of only the newest few authorities.</summary>
    private const int MaxRenewals = 16;

    private static readonly TimeSpan Width = TimeSpan.FromMinutes(1);

    // One result per tunnel and revision, for any number of agents.
    private readonly ConcurrentDictionary<string, Answer> answers = new(StringComparer.Ordinal);

    /// <param name="live">
    /// The tunnel's anchors; without an authority of the service among them the store is not read.
    /// </param>
    /// <param name="revision">The feed's revision, read before anything else.</param>
    /// <returns>Null = no early renewal.</returns>
    public async ValueTask<IReadOnlyList<AgentFeedRenewal>?> FindAsync(
        TunnelId tunnelId,
        IReadOnlyList<RegisteredCertificate> live,
        long revision,
        CancellationToken cancellationToken
    )
    {
        if (live.All(anchor => anchor.AuthorityId is null))
        {
            return null;
        }

        if (!answers.TryGetValue(tunnelId.Value, out var answer) || answer.Revision != revision)
        {
            answer = new Answer(revision, await FindAsync(tunnelId, cancellationToken));
            answers[tunnelId.Value] = answer;
        }

        return answer.Renewals;
    }

    private async ValueTask<IReadOnlyList<AgentFeedRenewal>?> FindAsync(
        TunnelId tunnelId,
        CancellationToken cancellationToken
    )
    {
        var all = await authorities.ListOfTunnelAsync(tunnelId, cancellationToken);
        if (!all.Any(other => other is { HoldsKey: true, State: AuthorityState.Active }))
        {
            return null;
        }

        var found = new List<AgentFeedRenewal>();
        foreach (var authority in all.Where(IsOut).Take(MaxRenewals))
        {
            if (await inventory.LastNotAfterAsync(authority.Id.Value, cancellationToken) >= time.GetUtcNow())
            {
                found.Add(Describe(authority));
            }
        }

        return found.Count > 0 ? found : null;
    }

    private static bool IsOut(TunnelAuthority authority) =>
        authority is { HoldsKey: true, State: AuthorityState.Tainted or AuthorityState.Retired };

    // A window in the past means now (RFC 9773 §4.2).
    private AgentFeedRenewal Describe(TunnelAuthority authority)
    {
        var end = authority.StateSince ?? authority.CreatedAt;
        return new AgentFeedRenewal(
            CaId: authority.Id.Value,
            SuggestedWindow: new SuggestedWindow(Start: end - Width, End: end),
            ExplanationUrl: $"{identity.PublicUrl}/v1/certificate_authorities/{authority.Id.Value}/rotation"
        );
    }

    private sealed record Answer(long Revision, IReadOnlyList<AgentFeedRenewal>? Renewals);
}
