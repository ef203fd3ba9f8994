using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels.Certificates;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>The registered certificate that is an authority's anchor in the trust bundle, and its slot (S14).</summary>
internal sealed class AuthorityAnchors(RegisteredCertificateStore anchors, TimeProvider time)
{
    public Statement ReleaseSlot(TunnelAuthority authority) =>
        anchors.ReleaseSlot(authority.RegisteredCertificateId!.Value);

    /// <summary>Adds the step's changes of the bundle to the statements; returns the authority with its anchor.</summary>
    public async ValueTask<TunnelAuthority> MoveAsync(
        TunnelAuthority before,
        TunnelAuthority after,
        List<Statement> changes,
        CancellationToken cancellationToken
    )
    {
        switch (AuthorityStates.IsTrusted(before.State), AuthorityStates.IsTrusted(after.State))
        {
            case (false, true):
                var anchor = ToAnchor(after);
                changes.AddRange(anchors.Insert(anchor, AuthorityErrors.Duplicate.Refuse()));
                return after with { RegisteredCertificateId = anchor.Id };
            case (true, false):
                // May be archived already, together with the tunnel.
                if (
                    await anchors.FindAsync(before.RegisteredCertificateId!.Value.Value, cancellationToken) is
                    { ArchivedAt: null } live
                )
                {
                    changes.AddRange(anchors.Archive(live, after.StateSince!.Value));
                }

                return after;
            case (true, true):
                switch (AuthorityStates.OccupiesSlot(before.State), AuthorityStates.OccupiesSlot(after.State))
                {
                    case (true, false):
                        changes.Add(anchors.ReleaseSlot(before.RegisteredCertificateId!.Value));
                        break;
                    case (false, true):
                        changes.Add(anchors.AcquireSlot(before.TunnelId, before.RegisteredCertificateId!.Value));
                        break;
                }

                return after;
            default:
                return after;
        }
    }

    private RegisteredCertificate ToAnchor(TunnelAuthority authority)
    {
        var chain = AuthorityChains.Read(authority);
        return new RegisteredCertificate
        {
            Id = RegisteredCertificateId.New(),
            TunnelId = authority.TunnelId,
            Fingerprint = chain[0].Fingerprint,
            CertificatePem = chain[0].ToPem(),
            IssuersPem = string.Concat(chain.Skip(1).Select(certificate => certificate.ToPem())),
            AuthorityId = authority.Id.Value,
            CreatedAt = time.GetStoreNow(),
            AddedAt = time.GetStoreNow(),
            ExpiresAt = chain[0].NotAfter,
        };
    }
}
