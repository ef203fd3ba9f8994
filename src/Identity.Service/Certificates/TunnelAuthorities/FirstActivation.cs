using Culvert.Identity.Service.Certificates.Enrollments;
using Culvert.Identity.Service.Tunnels;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>Whether an approved authority becomes active at once, because no connection can break (S16).</summary>
internal sealed class FirstActivation(
    TunnelAuthorityStore authorities,
    AgentEnrollmentStore enrollments,
    TimeProvider time
)
{
    public async ValueTask<bool> IsAllowedAsync(
        Tunnel tunnel,
        TunnelAuthority authority,
        CancellationToken cancellationToken
    )
    {
        if (!authority.HoldsKey)
        {
            return true;
        }

        if (await authorities.FindActiveAsync(tunnel.Id, cancellationToken) is not null)
        {
            return false;
        }

        var now = time.GetUtcNow();
        var agents = await enrollments.ListAsync(tunnel.Id, cancellationToken);
        return !agents.Any(agent => agent.RevokedAt is null && agent.CertificateNotAfter >= now);
    }
}
