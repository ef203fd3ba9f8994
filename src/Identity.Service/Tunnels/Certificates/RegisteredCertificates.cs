using System.Text.Json.Nodes;
using Culvert.Ca.Authorities;
using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Certificates;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.Certificates;

/// <summary>Registers and archives trust-only anchors; those of service-held authorities follow the authority.</summary>
internal sealed class RegisteredCertificates(
    IRegisteredCertificateStore certificates,
    IPublicAnchors publicAnchors,
    IJournal journal,
    TimeProvider time
)
{
    /// <summary>The same certificate again gives the record that is there (S18).</summary>
    public async ValueTask<TunnelResult<RegisteredCertificate>> RegisterAsync(
        ApiRequest request,
        Tunnel tunnel,
        string pem,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetStoreNow();
        var check = AuthorityRegistration.CheckAnchor(pem, now, publicAnchors.Holds);
        if (check.Value is not { } authority)
        {
            return check.Refusal!.ToCompatibleRefusal();
        }

        var certificate = new RegisteredCertificate
        {
            Id = RegisteredCertificateId.New(),
            TunnelId = tunnel.Id,
            Fingerprint = authority.Fingerprint,
            CertificatePem = authority.ToPem(),
            CreatedAt = now,
            ExpiresAt = authority.NotAfter,
        };
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = new TunnelCertificateAdded(certificate)
                {
                    At = now,
                    Actor = AuditActor.Of(request),
                    OrganizationId = tunnel.OrganizationId,
                    RequestId = request.RequestId,
                    Resources =
                    [
                        new AuditResource("tunnel", tunnel.Id.Value),
                        new AuditResource("tunnel_certificate", certificate.Id.Value),
                    ],
                },
                Statements = certificates.Insert(certificate),
                Changes = ChangeTopics.Feed,
            },
            cancellationToken
        );
        return result.Conflict switch
        {
            TunnelConflict.Stale => TunnelErrors.Archived.Refuse(),
            TunnelConflict.SlotsTaken => TunnelErrors.CertificateLimit.Refuse(),
            TunnelConflict.AlreadyRegistered => await ExistingAsync(certificate, cancellationToken),
            _ => result.RefusalIfUnavailable() is { } refusal ? refusal : certificate,
        };
    }

    /// <summary>Idempotent. Archiving the last one is allowed: the tunnel then refuses traffic.</summary>
    public async ValueTask<TunnelResult<RegisteredCertificate>> ArchiveAsync(
        ApiRequest request,
        Tunnel tunnel,
        RegisteredCertificate certificate,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        if (certificate.ArchivedAt is not null)
        {
            return certificate;
        }

        if (certificate.AuthorityId is { } authorityId)
        {
            return TunnelErrors.CertificateOfAuthority.Refuse().With("ca_id", JsonValue.Create(authorityId));
        }

        var now = time.GetStoreNow();
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = new TunnelCertificateRevoked(certificate, reason)
                {
                    At = now,
                    Actor = AuditActor.Of(request),
                    OrganizationId = tunnel.OrganizationId,
                    RequestId = request.RequestId,
                    Resources =
                    [
                        new AuditResource("tunnel", tunnel.Id.Value),
                        new AuditResource("tunnel_certificate", certificate.Id.Value),
                    ],
                },
                Statements = certificates.Archive(certificate, now),
                Changes = ChangeTopics.Feed,
            },
            cancellationToken
        );
        if (result.Conflict is not TunnelConflict.Stale && result.RefusalIfUnavailable() is { } refusal)
        {
            return refusal;
        }

        // Read again: of two archives at once, the first one's time counts for both.
        return (await certificates.FindAsync(certificate.Id.Value, cancellationToken))!;
    }

    // Archived between the writer's check and this read: the client's retry registers it anew.
    private async ValueTask<TunnelResult<RegisteredCertificate>> ExistingAsync(
        RegisteredCertificate certificate,
        CancellationToken cancellationToken
    ) =>
        await certificates.FindLiveAsync(certificate.TunnelId, certificate.Fingerprint, cancellationToken)
            is { } existing
            ? existing
            : StorageErrors.Unavailable.Refuse();
}
