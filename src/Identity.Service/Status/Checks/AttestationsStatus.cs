using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tunnels.Inventory;

namespace Culvert.Identity.Service.Status.Checks;

/// <summary>Servers whose attestation is due: never made, too old, or older than one of the server's names.</summary>
internal sealed class AttestationsStatus(RouteStore store, TimeProvider time) : IStatusCheck
{
    public string Name => "attestations";

    public bool IsShownTo(Caller caller) => StatusRights.MayRead(caller, InventoryOperations.ListRoutes);

    public async ValueTask<IReadOnlyList<StatusFinding>> RunAsync(Caller caller, CancellationToken cancellationToken)
    {
        var filter = new InventoryFilter
        {
            OrganizationId = caller.OrganizationId,
            WorkspaceId = caller.WorkspaceId,
            IsOpen = true,
        };
        var count = await store.CountRoutesAsync(filter, time.GetUtcNow(), cancellationToken);
        return
        [
            count > 0
                ? StatusFinding.Warning(
                    subject: null,
                    $"{Plural.Of(count, "server")} {(count == 1 ? "waits" : "wait")} for an attestation.",
                    "culvert inventory routes --open"
                )
                : StatusFinding.Ok($"The attestation of every server is valid."),
        ];
    }
}
