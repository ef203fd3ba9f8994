using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Tunnels;

internal sealed class TunnelAccess(TunnelStore tunnels)
{
    /// <summary>Unknown and malformed ids and those of another tenant get the same answer.</summary>
    public async ValueTask<Result<Tunnel>> FindAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!TunnelId.TryParse(request.Route("tunnel_id"), out var id))
        {
            return RequestErrors.NotFound.Refuse();
        }

        var tunnel = await tunnels.FindAsync(id.Value, cancellationToken);
        if (tunnel is null || !request.Caller.Sees(tunnel.OrganizationId, tunnel.WorkspaceId))
        {
            return RequestErrors.NotFound.Refuse();
        }

        RequestIdentity.SetTenant(request.Http, tunnel.OrganizationId, tunnel.WorkspaceId);
        return tunnel;
    }

    /// <summary>Like <see cref="FindAsync"/>, but refuses archived tunnels.</summary>
    public async ValueTask<Result<Tunnel>> FindLiveAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var found = await FindAsync(request, cancellationToken);
        return found.Value is { IsArchived: true } ? TunnelErrors.Archived.Refuse() : found;
    }
}
