using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tunnels;

namespace Culvert.Identity.Service.Machines;

/// <summary><c>GET /v1/tunnels/{id}/status</c>: whether calls get through, and what is missing.</summary>
internal sealed class StatusEndpoint(TunnelAccess access, TunnelReadiness readiness)
{
    public async ValueTask<ApiAnswer> GetAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var found = await access.FindAsync(request, cancellationToken);
        return found.IsOk
            ? ApiAnswer.Json(
                await readiness.FindAsync(found.Value, cancellationToken),
                TunnelJson.Default.TunnelStatusDocument
            )
            : found.Refusal;
    }
}
