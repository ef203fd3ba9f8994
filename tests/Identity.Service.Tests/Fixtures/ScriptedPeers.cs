using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>Admits exactly the certificates that a test names, as the machines that it says.</summary>
internal sealed class ScriptedPeers : IMachinePeerVerifier
{
    private readonly ConcurrentDictionary<string, MachinePeer> known = new();
    private readonly ConcurrentDictionary<string, bool> revoked = new();

    public void Add(X509Certificate2 certificate, MachinePeer peer) => known[certificate.Thumbprint] = peer;

    public void Revoke(MachinePeer peer) => revoked[peer.SerialNumber] = true;

    public MachinePeer? Verify(X509Certificate2 certificate, X509Certificate2Collection sent) =>
        known.GetValueOrDefault(certificate.Thumbprint);

    public ValueTask<bool> IsRevokedAsync(MachinePeer peer, CancellationToken cancellationToken) =>
        new(revoked.ContainsKey(peer.SerialNumber));
}
