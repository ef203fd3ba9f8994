using System.Text.Json.Nodes;
using Culvert.Ca.Authorities;
using Culvert.Ca.Certificates;
using Culvert.Ca.Names;
using Culvert.Ca.Refusals;
using Culvert.Identity.Service.Approvals;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Certificates;
using Culvert.Identity.Service.Tunnels.ClientAuthorities;
using Culvert.Identity.Service.Tunnels.Machines;
using Culvert.Identity.Service.Webhooks;

namespace Culvert.Identity.Service.Certificates.Registered;

/// <summary>
/// Registers and archives trust-only anchors. With two-person approval, a change of a bundle that a relying party uses
/// waits for a second administrator, who confirms the fingerprint (S16).
/// </summary>
internal sealed class RegisteredCertificates(
    RegisteredCertificateStore certificates,
    IAgentEnrollments agents,
    IPublicAnchors publicAnchors,
    PersonIdentification persons,
    WebhookQueue webhooks,
    IJournal journal,
    Current<CertificateOptions> options,
    TimeProvider time
)
{
    private const string PendingNotice = "tunnel_certificate.pending";

    /// <summary>Idempotent: the same certificate returns the existing record (S18).</summary>
    public async ValueTask<Result<RegisteredCertificate>> RegisterAsync(
        OperationContext context,
        Tunnel tunnel,
        string pem,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetStoreNow();
        var check = Check(tunnel, pem, now);
        if (!check.Succeeded)
        {
            return check.Refusal.Explain(pem).ToCompatibleRefusal();
        }

        var authority = check.Value;

        var certificate = new RegisteredCertificate
        {
            Id = RegisteredCertificateId.New(),
            TunnelId = tunnel.Id,
            Fingerprint = authority.Fingerprint,
            CertificatePem = authority.ToPem(),
            CreatedAt = now,
            AddedAt = now,
            ExpiresAt = authority.NotAfter,
        };
        var isSingle = options.Value.SingleApproval;
        if (isSingle || !await agents.HasLiveAsync(tunnel.Id, now, cancellationToken))
        {
            // The store decides at commit: of two concurrent first certificates, one waits.
            var added = await CommitAsync(
                TunnelCertificateAudited.Added(context.OriginAt(now), tunnel, certificate),
                isSingle
                    ? certificates.Insert(certificate)
                    : [certificates.RequireUnusedBundle(tunnel.Id), .. certificates.Insert(certificate)],
                ChangeTopics.Feed,
                cancellationToken
            );
            if (isSingle || !added.IsStale)
            {
                return await ResultOfAsync(added, certificate, cancellationToken);
            }

            // The bundle is in use, or the certificate is registered, which the next commit finds too.
        }

        var waiting = certificate with
        {
            AddedAt = null,
            Pending = await PendingAsync(context, PendingChange.Addition, cancellationToken),
        };
        var requested = await CommitAsync(
            TunnelCertificateAudited.ChangeRequested(context.OriginAt(now), tunnel, waiting, reason: null),
            [.. certificates.Insert(waiting), .. await NoticeAsync(tunnel, waiting, now, cancellationToken)],
            ChangeTopics.None,
            cancellationToken
        );
        webhooks.Wake();
        return await ResultOfAsync(requested, waiting, cancellationToken);
    }

    /// <summary>
    /// Idempotent. A pending addition is withdrawn; a certificate in the bundle stays there until a second
    /// administrator confirms. Archiving the last one is allowed: the tunnel then refuses traffic.
    /// </summary>
    public async ValueTask<Result<RegisteredCertificate>> ArchiveAsync(
        OperationContext context,
        Tunnel tunnel,
        RegisteredCertificate certificate,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        if (certificate.ArchivedAt is not null || certificate.Pending?.Kind == PendingChange.Removal)
        {
            return certificate;
        }

        if (certificate.AuthorityId is { } authorityId)
        {
            return TunnelErrors.CertificateOfAuthority.Refuse().With("ca_id", JsonValue.Create(authorityId));
        }

        var now = time.GetStoreNow();
        if (options.Value.SingleApproval || certificate.AddedAt is null)
        {
            return await ArchiveNowAsync(context, tunnel, certificate, reason, cancellationToken);
        }

        var waiting = certificate with
        {
            Pending = await PendingAsync(context, PendingChange.Removal, cancellationToken),
        };
        return await ChangeAsync(
            TunnelCertificateAudited.ChangeRequested(context.OriginAt(now), tunnel, waiting, reason),
            [
                certificates.RequestRemoval(certificate, waiting.Pending),
                .. await NoticeAsync(tunnel, waiting, now, cancellationToken),
            ],
            ChangeTopics.None,
            cancellationToken
        );
    }

    /// <summary>A second administrator confirms the pending change. Without one, the record is returned unchanged.</summary>
    public async ValueTask<Result<RegisteredCertificate>> ConfirmAsync(
        OperationContext context,
        Tunnel tunnel,
        RegisteredCertificate certificate,
        string fingerprint,
        CancellationToken cancellationToken
    )
    {
        if (!Fingerprints.AreEqual(fingerprint, certificate.Fingerprint))
        {
            return AuthorityErrors.Fingerprint.Refuse();
        }

        if (certificate.Pending is not { } pending)
        {
            return certificate;
        }

        if (PersonIdentification.CheckIsPerson(context.Caller) is { } workload)
        {
            return workload;
        }

        var person = await persons.OfAsync(context.Caller, cancellationToken);
        if (
            !options.Value.SingleApproval
            && PersonIdentification.CheckAreTwo(pending.Person, person, AuthorityErrors.TwoPerson) is { } alone
        )
        {
            return alone;
        }

        if (pending.Kind == PendingChange.Removal)
        {
            return await ArchiveNowAsync(context, tunnel, certificate, reason: null, cancellationToken);
        }

        // Days may pass between request and confirmation: every check must pass again.
        var now = time.GetStoreNow();
        var check = Check(tunnel, certificate.CertificatePem, now);
        return !check.Succeeded
            ? check.Refusal.ToCompatibleRefusal()
            : await ChangeAsync(
                TunnelCertificateAudited.Added(context.OriginAt(now), tunnel, certificate),
                certificates.Add(certificate, now),
                ChangeTopics.Feed,
                cancellationToken
            );
    }

    private CaResult<ParsedCertificate> Check(Tunnel tunnel, string pem, DateTimeOffset now) =>
        AuthorityRegistration.CheckAnchor(pem, now, publicAnchors.Holds, GrantedNames.ForDomain(tunnel.Domain));

    private ValueTask<Result<RegisteredCertificate>> ArchiveNowAsync(
        OperationContext context,
        Tunnel tunnel,
        RegisteredCertificate certificate,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetStoreNow();
        return ChangeAsync(
            TunnelCertificateAudited.Revoked(context.OriginAt(now), tunnel, certificate, reason),
            certificates.Archive(certificate, now),
            ChangeTopics.Feed,
            cancellationToken
        );
    }

    private async ValueTask<Result<RegisteredCertificate>> ChangeAsync(
        TunnelCertificateAudited audited,
        IReadOnlyList<Statement> statements,
        ChangeTopics topics,
        CancellationToken cancellationToken
    )
    {
        var result = await CommitAsync(audited, statements, topics, cancellationToken);
        if (!result.IsStale && result.RefusalUnlessCommitted() is { } refusal)
        {
            return refusal;
        }

        webhooks.Wake();
        // Read again: of two concurrent changes, the first decides both answers.
        return (await certificates.FindAsync(audited.Certificate.Id.Value, cancellationToken))!;
    }

    private ValueTask<CommitResult> CommitAsync(
        TunnelCertificateAudited audited,
        IReadOnlyList<Statement> statements,
        ChangeTopics topics,
        CancellationToken cancellationToken
    ) =>
        journal.CommitAsync(
            new Decision
            {
                Event = audited,
                Statements = statements,
                Changes = topics,
            },
            cancellationToken
        );

    private async ValueTask<Result<RegisteredCertificate>> ResultOfAsync(
        CommitResult result,
        RegisteredCertificate certificate,
        CancellationToken cancellationToken
    ) =>
        result.IsStale ? await ExistingAsync(certificate, cancellationToken)
        : result.RefusalUnlessCommitted() is { } refusal ? refusal
        : certificate;

    private async ValueTask<PendingChange> PendingAsync(
        OperationContext context,
        string kind,
        CancellationToken cancellationToken
    ) => new(kind, context.Caller.ActorId, await persons.OfAsync(context.Caller, cancellationToken));

    private ValueTask<IReadOnlyList<Statement>> NoticeAsync(
        Tunnel tunnel,
        RegisteredCertificate certificate,
        DateTimeOffset at,
        CancellationToken cancellationToken
    ) =>
        webhooks.EnqueueAsync(
            tunnel.OrganizationId,
            PendingNotice,
            at,
            [
                ("tunnel_id", tunnel.Id.Value),
                ("tunnel_certificate_id", certificate.Id.Value),
                ("pending", certificate.Pending!.Kind),
                ("requested_by", certificate.Pending.RequestedBy),
                ("certificate_fingerprint", certificate.Fingerprint),
            ],
            cancellationToken
        );

    // Archived between the writer's check and this read: the client's retry registers it again.
    private async ValueTask<Result<RegisteredCertificate>> ExistingAsync(
        RegisteredCertificate certificate,
        CancellationToken cancellationToken
    ) =>
        await certificates.FindLiveAsync(certificate.TunnelId, certificate.Fingerprint, cancellationToken)
            is { } existing
            ? existing
            : StorageErrors.Unavailable.Refuse();
}
