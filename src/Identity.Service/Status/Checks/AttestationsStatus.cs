using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tunnels.Inventory;
using Culvert.Platform.Doctor;

namespace Culvert.Identity.Service.Status.Checks;

/// <summary>Servers whose attestation is due: never made, too old, or older than one of the server's names.</summary>
internal sealed class AttestationsStatus(RouteStore store, TimeProvider time)
    : StatusCheck("attestations", InventoryOperations.ListRoutes)
{
    public override async Task<IEnumerable<DoctorFinding>> RunAsync(Caller caller, CancellationToken cancellationToken)
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
                ? Warning(
                    subject: null,
                    $"{Plural.Format(count, "server")} {(count == 1 ? "waits" : "wait")} for an attestation.",
                    "culvert inventory routes --open"
                )
                : Ok($"The attestation of every server is valid."),
        ];
    }
}
