using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Tunnels.Certificates;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>Calls back the leaves of compromised authorities, as soon as another one issues (S14).</summary>
internal sealed class EarlyRenewals(ITunnelAuthorityStore authorities, ServiceOptions options)
{
    private static readonly TimeSpan Width = TimeSpan.FromMinutes(1);

    /// <param name="tunnelId">The tunnel.</param>
    /// <param name="live">Its anchors: no store is asked while each of them occupies a slot.</param>
    /// <returns>Null = nothing is called back.</returns>
    public async ValueTask<IReadOnlyList<AgentFeedRenewal>?> FindAsync(
        TunnelId tunnelId,
        IReadOnlyList<RegisteredCertificate> live,
        CancellationToken cancellationToken
    )
    {
        if (live.All(anchor => anchor.AuthorityId is null || anchor.OccupiesSlot))
        {
            return null;
        }

        var all = await authorities.ListOfTunnelAsync(tunnelId, cancellationToken);
        var tainted = all.Where(authority => authority.State == AuthorityState.Tainted).ToList();
        return tainted.Count > 0 && all.Any(other => other is { HoldsKey: true, State: AuthorityState.Active })
            ? [.. tainted.Select(Describe)]
            : null;
    }

    // A window in the past: now (RFC 9773 §4.2).
    private AgentFeedRenewal Describe(TunnelAuthority authority)
    {
        var end = authority.StateSince ?? authority.CreatedAt;
        return new AgentFeedRenewal
        {
            CaId = authority.Id.Value,
            SuggestedWindow = new SuggestedWindow { Start = end - Width, End = end },
            ExplanationUrl = $"{options.PublicUrl}/v1/certificate_authorities/{authority.Id.Value}/rotation",
        };
    }
}
