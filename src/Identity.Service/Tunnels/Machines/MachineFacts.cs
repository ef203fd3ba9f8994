using Culvert.Identity.Service.Hosting;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary>What both feeds tell of the platform as a whole, and who called last when.</summary>
internal sealed class MachineFacts(
    IPlatformBundle bundle,
    IRevokedMachines revocations,
    IMachinePeerVerifier peers,
    MachineContacts contacts
)
{
    public BundleDocument PlatformBundle => bundle.Current;

    public ValueTask<RevokedMachines> RevokedAsync(CancellationToken cancellationToken) =>
        revocations.ListAsync(cancellationToken);

    public ValueTask<bool> IsRevokedAsync(MachinePeer peer, CancellationToken cancellationToken) =>
        peers.IsRevokedAsync(peer, cancellationToken);

    public void Heard(MachinePeer peer) => contacts.Heard(peer.SpiffeId);
}
