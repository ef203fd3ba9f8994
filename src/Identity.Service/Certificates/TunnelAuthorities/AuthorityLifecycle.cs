using Culvert.Ca.Authorities;
using Culvert.Ca.Certificates;
using Culvert.Ca.Issuance;
using Culvert.Ca.Keys;
using Culvert.Ca.Requests;
using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Certificates.Enrollments;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Certificates;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>
/// The life of a tunnel's authority. Each command is one decision: new state, audit entry and, where the trust bundle
/// changes, the registered certificate.
/// </summary>
/// <remarks>
/// State × command (unchanged = idempotent answer, — = refused with <c>ca.state</c>):
/// <code>
///              upload chain   approve                     activate      successor activated
/// CsrIssued    → Verified     —                           —             ignored
/// Verified     → Verified     → Staged, or → Active when  —             ignored
///              (replaced)     it is the tunnel's first
///                             and no agent is live (S16)
/// Staged       —              unchanged                   → Active      ignored
/// Active       —              unchanged                   unchanged     → Retiring, slot released (S14)
/// Retiring     —              —                           —             ignored
/// </code>
/// </remarks>
internal sealed class AuthorityLifecycle(
    ITunnelAuthorityStore authorities,
    IRegisteredCertificateStore anchors,
    IAgentEnrollmentStore enrollments,
    AuthorityKeys keys,
    ServerProfile server,
    IJournal journal,
    ServiceOptions options,
    StoreNode node,
    TimeProvider time
)
{
    public async ValueTask<TunnelResult<TunnelAuthority>> CreateAsync(
        ApiRequest request,
        Tunnel tunnel,
        string name,
        CancellationToken cancellationToken
    )
    {
        var id = CertificateAuthorityId.New();
        using var key = IssuerKey.Generate(KeyAlgorithm.EcdsaP256);
        var authority = new TunnelAuthority
        {
            Id = id,
            OrganizationId = tunnel.OrganizationId,
            WorkspaceId = tunnel.WorkspaceId,
            TunnelId = tunnel.Id,
            Name = name,
            State = AuthorityState.CsrIssued,
            PublicKey = key.PublicKey.Encoded.ToArray(),
            SealedKey = keys.Seal(id, key),
            CsrPem = AuthorityRequest.Create(key, name),
            CreatedAt = time.GetStoreNow(),
        };
        return await CommitAsync(
            request,
            AuditEvents.AuthorityCreated,
            authority,
            [authorities.Insert(authority)],
            topics: ChangeTopics.None,
            cancellationToken
        );
    }

    public async ValueTask<TunnelResult<TunnelAuthority>> UploadAsync(
        ApiRequest request,
        Tunnel tunnel,
        TunnelAuthority authority,
        UploadChainRequest upload,
        CancellationToken cancellationToken
    )
    {
        if (authority.State is not (AuthorityState.CsrIssued or AuthorityState.Verified))
        {
            return StateRefusal(authority);
        }

        var check = CheckChain(tunnel, authority, upload.ChainPem);
        if (!check.Succeeded)
        {
            return check.Refusal.ToRefusal();
        }

        var chain = check.Value;
        if (!Fingerprints.AreEqual(upload.Fingerprint, chain[0].Fingerprint))
        {
            return AuthorityErrors.Fingerprint.Refuse();
        }

        if (Try(tunnel, authority, chain) is { } failed)
        {
            return failed;
        }

        var verified = authority with
        {
            State = AuthorityState.Verified,
            ChainPem = string.Concat(chain.Select(certificate => certificate.ToPem())),
            Fingerprint = chain[0].Fingerprint,
            NotAfter = chain[0].NotAfter,
            SubmittedBy = request.Caller.ActorId,
        };
        return await CommitAsync(
            request,
            AuditEvents.AuthorityChainUploaded,
            verified,
            [authorities.Update(verified, authority.State)],
            topics: ChangeTopics.None,
            cancellationToken
        );
    }

    public async ValueTask<TunnelResult<TunnelAuthority>> ApproveAsync(
        ApiRequest request,
        Tunnel tunnel,
        TunnelAuthority authority,
        string fingerprint,
        CancellationToken cancellationToken
    )
    {
        if (authority.State is AuthorityState.CsrIssued or AuthorityState.Retiring)
        {
            return StateRefusal(authority);
        }

        if (!Fingerprints.AreEqual(fingerprint, authority.Fingerprint!))
        {
            return AuthorityErrors.Fingerprint.Refuse();
        }

        if (authority.State != AuthorityState.Verified)
        {
            return authority;
        }

        if (!options.Certificates.SingleApproval && authority.SubmittedBy == request.Caller.ActorId)
        {
            return AuthorityErrors.TwoPerson.Refuse();
        }

        // Days may lie between upload and approval: what held then must hold now.
        var check = CheckChain(tunnel, authority, authority.ChainPem!);
        if (!check.Succeeded)
        {
            return check.Refusal.ToRefusal();
        }

        var anchor = AnchorOf(authority, check.Value);
        var approved = authority with
        {
            State = await MayActivateAtOnceAsync(tunnel, cancellationToken)
                ? AuthorityState.Active
                : AuthorityState.Staged,
            RegisteredCertificateId = anchor.Id,
        };
        return await CommitAsync(
            request,
            AuditEvents.AuthorityApproved,
            approved,
            [authorities.Update(approved, AuthorityState.Verified), .. anchors.Insert(anchor)],
            topics: ChangeTopics.Feed,
            cancellationToken
        );
    }

    public async ValueTask<TunnelResult<TunnelAuthority>> ActivateAsync(
        ApiRequest request,
        TunnelAuthority authority,
        CancellationToken cancellationToken
    )
    {
        if (authority.State == AuthorityState.Active)
        {
            return authority;
        }

        if (authority.State != AuthorityState.Staged)
        {
            return StateRefusal(authority);
        }

        var active = authority with { State = AuthorityState.Active };
        List<Statement> changes = [];
        if (await authorities.FindActiveAsync(authority.TunnelId, cancellationToken) is { } predecessor)
        {
            // In this order: the store allows one active authority of a tunnel at every moment.
            changes.Add(
                authorities.Update(predecessor with { State = AuthorityState.Retiring }, AuthorityState.Active)
            );
            changes.Add(anchors.ReleaseSlot(predecessor.RegisteredCertificateId!.Value));
        }

        changes.Add(authorities.Update(active, AuthorityState.Staged));
        return await CommitAsync(
            request,
            AuditEvents.AuthorityActivated,
            active,
            changes,
            topics: ChangeTopics.Feed,
            cancellationToken
        );
    }

    private Ca.Refusals.CaResult<IReadOnlyList<ParsedCertificate>> CheckChain(
        Tunnel tunnel,
        TunnelAuthority authority,
        string pem
    ) =>
        AuthorityRegistration.CheckChain(
            pem,
            SubjectPublicKey.TryParse(authority.PublicKey)!,
            options.Certificates.ServerLife,
            ServerProfile.NamesOf(tunnel),
            time.GetUtcNow()
        );

    private Refusal? Try(Tunnel tunnel, TunnelAuthority authority, IReadOnlyList<ParsedCertificate> chain)
    {
        using var key = keys.Open(authority);
        return AuthorityTrial
            .Run(
                chain,
                key,
                server.Profile,
                ServerProfile.NamesOf(tunnel),
                SerialNumber.Draw((byte)node.Id),
                time.GetUtcNow()
            )
            ?.ToRefusal();
    }

    private async ValueTask<bool> MayActivateAtOnceAsync(Tunnel tunnel, CancellationToken cancellationToken)
    {
        if (await authorities.FindActiveAsync(tunnel.Id, cancellationToken) is not null)
        {
            return false;
        }

        var now = time.GetUtcNow();
        var agents = await enrollments.ListAsync(tunnel.Id, cancellationToken);
        return !agents.Any(agent => agent.RevokedAt is null && agent.CertificateNotAfter >= now);
    }

    private RegisteredCertificate AnchorOf(TunnelAuthority authority, IReadOnlyList<ParsedCertificate> chain) =>
        new()
        {
            Id = RegisteredCertificateId.New(),
            TunnelId = authority.TunnelId,
            Fingerprint = chain[0].Fingerprint,
            CertificatePem = chain[0].ToPem(),
            IssuersPem = string.Concat(chain.Skip(1).Select(certificate => certificate.ToPem())),
            AuthorityId = authority.Id.Value,
            CreatedAt = time.GetStoreNow(),
            ExpiresAt = chain[0].NotAfter,
        };

    private async ValueTask<TunnelResult<TunnelAuthority>> CommitAsync(
        ApiRequest request,
        string eventName,
        TunnelAuthority authority,
        IReadOnlyList<Statement> changes,
        ChangeTopics topics,
        CancellationToken cancellationToken
    )
    {
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = new AuthorityAudited(eventName, authority)
                {
                    At = time.GetUtcNow(),
                    Actor = AuditActor.Of(request),
                    OrganizationId = authority.OrganizationId,
                    RequestId = request.RequestId,
                    Resources =
                    [
                        new AuditResource("certificate_authority", authority.Id.Value),
                        new AuditResource("tunnel", authority.TunnelId.Value),
                    ],
                },
                Statements = changes,
                Changes = topics,
            },
            cancellationToken
        );
        return result.Conflict switch
        {
            AuthorityConflict => AuthorityErrors.State.Refuse(
                "Another command changed the authority at the same time."
            ),
            TunnelConflict.Stale => TunnelErrors.Archived.Refuse(),
            TunnelConflict.SlotsTaken => TunnelErrors.CertificateLimit.Refuse(),
            TunnelConflict.AlreadyRegistered => AuthorityErrors.Duplicate.Refuse(),
            _ => result.RefusalIfUnavailable() is { } refusal ? refusal : authority,
        };
    }

    private static Refusal StateRefusal(TunnelAuthority authority) =>
        AuthorityErrors.State.Refuse().With("state", AuthorityStates.NameOf(authority.State));
}
