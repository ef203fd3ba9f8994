using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary>What both feeds tell of the platform as a whole, and who called last when.</summary>
internal sealed class MachineFacts(
    IPlatformBundle bundle,
    IRevokedMachines revocations,
    IMachinePeerVerifier peers,
    MachineContacts contacts,
    IPlatformLedger ledger
)
{
    public BundleDocument PlatformBundle => bundle.Current;

    public ValueTask<RevokedMachines> RevokedAsync(CancellationToken cancellationToken) =>
        revocations.ListAsync(cancellationToken);

    /// <summary>
    /// Asked just before a feed's answer: whether the machine must not have it. One that may is given the platform's
    /// bundle with it, which is written down.
    /// </summary>
    public async ValueTask<bool> IsRevokedAsync(MachinePeer peer, CancellationToken cancellationToken)
    {
        if (await peers.IsRevokedAsync(peer, cancellationToken))
        {
            return true;
        }

        await ledger.ServeAsync(peer.SpiffeId, PlatformBundle.Epoch, cancellationToken);
        return false;
    }

    /// <summary>A machine's word on the platform's bundle, to be committed with its report.</summary>
    public IReadOnlyList<Statement> Acknowledgement(MachinePeer peer, long epoch, string serial) =>
        ledger.Acknowledgement(peer, epoch, serial);

    public void Heard(MachinePeer peer) => contacts.Heard(peer.SpiffeId);
}
