using System.Security.Cryptography.X509Certificates;
using Culvert.Identity.Service.Certificates.Enrollments;
using Culvert.Identity.Service.Certificates.PlatformAuthorities;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Certificates;

namespace Culvert.Identity.Service.Machines;

/// <summary>
/// Decides which machines may connect to 8444 (S9): verifies them against the platform CA's current anchors and the
/// revocations of the current revision.
/// </summary>
internal sealed class MachinePeers(
    PlatformCa platform,
    IRevokedMachines revocations,
    IRevisions revisions,
    Installation installation,
    TimeProvider time
) : IMachinePeerVerifier
{
    // Replaced when the bundle's epoch or the revision changes; a race only reads them twice.
    private volatile KnownAnchors? anchors;
    private volatile KnownRevocations? known;

    public MachinePeer? Verify(X509Certificate2 certificate, X509Certificate2Collection sent)
    {
        var verifier = Anchors().Verifier;
        var now = time.GetUtcNow();
        var result = verifier.Verify(certificate, sent, PeerRole.Agent, now);
        if (result.Refusal == PeerRefusal.Role)
        {
            result = verifier.Verify(certificate, sent, PeerRole.EdgeClient, now);
        }

        return result.IsAccepted ? CreatePeer(result.Id, result.Serial, result.NotAfter) : null;
    }

    public async ValueTask<bool> IsRevokedAsync(MachinePeer peer, CancellationToken cancellationToken)
    {
        // The revision is read first: a revocation made in between is found at the next request at the latest.
        var revision = revisions.Current;

        // The same holds for the roots: changes of other nodes up to that revision are known here.
        await platform.RefreshAsync(revision, cancellationToken);
        var current = known;
        if (current is null || current.Revision != revision)
        {
            current = new KnownRevocations(revision, await revocations.ListAsync(cancellationToken));
            known = current;
        }

        return current.Revoked.IsRevoked(peer.SerialNumber);
    }

    private KnownAnchors Anchors()
    {
        var document = platform.Bundle;
        var current = anchors;
        if (current is null || current.Epoch != document.Epoch)
        {
            if (!PlatformTrust.TryCreate(installation.TrustDomain, document.Pem, out var trust))
            {
                throw new InvalidOperationException("The platform bundle contains no anchor.");
            }

            current = new KnownAnchors(document.Epoch, new PeerVerifier(trust));
            anchors = current;
        }

        return current;
    }

    private static MachinePeer CreatePeer(SpiffeId id, string serial, DateTimeOffset notAfter) =>
        id.Kind == SpiffeKind.Agent
            ? new MachinePeer(MachineRole.Agent, id.ToString(), serial, notAfter)
            {
                OrganizationId = id.OrganizationId,
                TunnelId = id.TunnelId,
                InstanceId = id.Name,
            }
            : new MachinePeer(MachineRole.Edge, id.ToString(), serial, notAfter) { EdgeId = id.Name };

    private sealed record KnownAnchors(long Epoch, PeerVerifier Verifier);

    private sealed record KnownRevocations(long Revision, RevokedMachines Revoked);
}
