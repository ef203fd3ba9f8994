using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Tunnels.Inventory;

/// <summary><c>/v1/tunnels/{tunnel_id}/inventory</c>: the servers and tools behind a tunnel, and who uses them.</summary>
internal sealed class InventoryEndpoints(TunnelAccess access, InventoryStore inventory)
{
    public async ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var found = await access.FindAsync(request, cancellationToken);
        if (!found.IsOk)
        {
            return found.Refusal;
        }

        var tunnel = found.Value;

        var pageResult = PageRequest.Read(request, $"inventory/{tunnel.Id.Value}");
        if (!pageResult.IsOk)
        {
            return pageResult.Refusal;
        }

        var page = pageResult.Value;

        var read = await inventory.ListAsync(tunnel.Id, request.Query("route"), page, cancellationToken);
        return ApiAnswer.Json(
            page.Cut(read, entry => entry.Ordinal).Select(InventoryDocument.Of),
            TunnelJson.Default.PageInventoryDocument
        );
    }
}
