using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Machines;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>Whether an approved authority becomes active at once, because no connection can break (S16).</summary>
internal sealed class FirstActivation(TunnelAuthorityStore authorities, IAgentEnrollments agents, TimeProvider time)
{
    public async ValueTask<bool> IsAllowedAsync(
        Tunnel tunnel,
        TunnelAuthority authority,
        CancellationToken cancellationToken
    ) =>
        !authority.HoldsKey
        || (
            await authorities.FindActiveAsync(tunnel.Id, cancellationToken) is null
            && !await agents.HasLiveAsync(tunnel.Id, time.GetUtcNow(), cancellationToken)
        );
}
