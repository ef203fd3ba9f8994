using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Tunnels.Inventory;

/// <summary><c>/v1/tunnels/{tunnel_id}/inventory</c>: the servers and tools behind a tunnel, and who uses them.</summary>
internal sealed class InventoryEndpoints(TunnelAccess access, InventoryStore inventory)
{
    public async ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!(await access.FindAsync(request, cancellationToken)).TryGet(out var tunnel, out var refusal))
        {
            return refusal;
        }

        if (!PageRequest.Read(request, $"inventory/{tunnel.Id.Value}").TryGet(out var page, out refusal))
        {
            return refusal;
        }

        var read = await inventory.ListAsync(tunnel.Id, request.Query("route"), page, cancellationToken);
        return ApiAnswer.Json(
            page.Cut(read, entry => entry.Ordinal).Select(InventoryDocument.Of),
            TunnelJson.Default.PageInventoryDocument
        );
    }
}
