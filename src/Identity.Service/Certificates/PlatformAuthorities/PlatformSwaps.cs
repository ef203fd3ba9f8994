using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Machines;

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary>Puts together what <see cref="PlatformSwap"/> decides upon.</summary>
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
        return PlatformSwap.Of(roots, machines, machine => IsLive(machine, now), now);
    }

    // Contact of edges with other nodes is not stored: an edge counts for as long as its certificate lasts.
    private bool IsLive(PlatformMachine machine, DateTimeOffset now)
    {
        var heard = contacts.FindLast(machine.SpiffeId);
        heard = heard is null || machine.HeardAt > heard ? machine.HeardAt : heard;
        return machine.IsEdge || now - heard <= options.Value.LiveFor;
    }
}
