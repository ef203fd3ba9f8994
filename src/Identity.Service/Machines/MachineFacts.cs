using Culvert.Identity.Service.Certificates.Enrollments;
using Culvert.Identity.Service.Certificates.PlatformAuthorities;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels.Machines;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Machines;

/// <summary>The platform-wide content of both feeds, and the last contact of each machine.</summary>
internal sealed class MachineFacts(
    PlatformCa platform,
    IRevokedMachines revocations,
    IMachinePeerVerifier peers,
    MachineContacts contacts,
    PlatformLedger ledger
)
{
    public BundleDocument PlatformBundle => platform.Bundle;

    public ValueTask<RevokedMachines> RevokedAsync(CancellationToken cancellationToken) =>
        revocations.ListAsync(cancellationToken);

    /// <summary>Checked just before a feed's answer: whether the machine must not receive it.</summary>
    public ValueTask<bool> IsRevokedAsync(MachinePeer peer, CancellationToken cancellationToken) =>
        peers.IsRevokedAsync(peer, cancellationToken);

    /// <summary>Records which platform bundle a feed contains before it is sent: the current one may have changed.</summary>
    public ValueTask ServeAsync(MachinePeer peer, BundleDocument sent, CancellationToken cancellationToken) =>
        ledger.ServeAsync(peer.SpiffeId, sent.Epoch, cancellationToken);

    /// <summary>A machine's acknowledgement of the platform bundle, to be committed with its report.</summary>
    public IReadOnlyList<Statement> Acknowledgement(MachinePeer peer, long epoch, string serial) =>
        ledger.Acknowledgement(peer, epoch, serial);

    public void RecordContact(MachinePeer peer) => contacts.RecordContact(peer.SpiffeId);

    /// <inheritdoc cref="MachineContacts.BeginPoll"/>
    public long BeginPoll(MachinePeer peer) => contacts.BeginPoll(peer.SpiffeId);

    /// <inheritdoc cref="MachineContacts.BreakPoll"/>
    public void BreakPoll(MachinePeer peer, long poll) => contacts.BreakPoll(peer.SpiffeId, poll);
}
