using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Machines;

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

internal sealed class PlatformSwaps(
    PlatformAuthorityStore store,
    PlatformHolderStore holders,
    MachineContacts contacts,
    Installation installation,
    Current<AgentOptions> options,
    TimeProvider time
)
{
    public async ValueTask<PlatformSwap> LoadAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var roots = new PlatformRoots(await store.ReadAsync(cancellationToken));
        var machines = await holders.ListAsync(installation.TrustDomain, now, cancellationToken);
        return PlatformSwap.From(roots, machines, machine => IsLive(machine, now), now);
    }

    // Calls of edges to other nodes are not stored: an edge counts for as long as its certificate is valid.
    private bool IsLive(PlatformMachine machine, DateTimeOffset now)
    {
        var heard = contacts.FindLast(machine.SpiffeId);
        heard = heard is null || machine.HeardAt > heard ? machine.HeardAt : heard;
        return machine.IsEdge || now - heard <= options.Value.LiveFor;
    }
}
