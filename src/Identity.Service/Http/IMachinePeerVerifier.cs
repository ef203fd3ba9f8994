using System.Security.Cryptography.X509Certificates;

namespace Culvert.Identity.Service.Http;

/// <summary>Verifies client certificates after each handshake on 8444 (S9) and again at each request.</summary>
internal interface IMachinePeerVerifier
{
    /// <summary>
    /// Verifies chain, validity, key usage and SAN; null = refused. <paramref name="sent"/> contains the peer's other
    /// certificates.
    /// </summary>
    MachinePeer? Verify(X509Certificate2 certificate, X509Certificate2Collection sent);

    /// <summary>Whether the certificate or its enrolment was revoked since the handshake.</summary>
    ValueTask<bool> IsRevokedAsync(MachinePeer peer, CancellationToken cancellationToken);
}
