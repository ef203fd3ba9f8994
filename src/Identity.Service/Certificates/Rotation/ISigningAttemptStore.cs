using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>Attempts in the store: what keeps two nodes from calling the enterprise for one request.</summary>
internal interface ISigningAttemptStore
{
    ValueTask<SigningAttempt?> FindAsync(CertificateAuthorityId id, CancellationToken cancellationToken);

    /// <summary>
    /// Begins an attempt until <paramref name="heldUntil"/>. <see cref="AuthorityConflict.Stale"/> when another one holds
    /// it off, or the authority needs none any more.
    /// </summary>
    Statement Begin(CertificateAuthorityId id, string node, DateTimeOffset now, DateTimeOffset heldUntil);

    /// <summary>Ends the attempt; <see cref="AuthorityConflict.Stale"/> when another node took it over meanwhile.</summary>
    Statement End(SigningAttempt attempt);
}
