using System.Text.Json.Nodes;
using Culvert.Ca.Authorities;
using Culvert.Ca.Certificates;
using Culvert.Ca.Keys.Pkcs12;
using Culvert.Identity.Service.Approvals;
using Culvert.Identity.Service.Certificates.Enrollments;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>
/// What operators do with authorities. A command is one or several moves of <see cref="AuthorityLifecycle"/>; if it is
/// interrupted between two of them, repeating it goes on where it stopped.
/// </summary>
internal sealed class AuthorityCommands(
    AuthorityLifecycle lifecycle,
    TunnelAuthorityStore authorities,
    AgentEnrollmentStore enrollments,
    AuthorityChecks checks,
    AuthorityPreparation preparation,
    Persons persons,
    CertificateOptions options,
    TimeProvider time
)
{
    public async ValueTask<Result<TunnelAuthority>> CreateAsync(
        ApiRequest request,
        Tunnel tunnel,
        string name,
        AuthorityCustody custody,
        string? keyLabel,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetStoreNow();
        var id = CertificateAuthorityId.New();
        var move = await MoveOfAsync(request, reason: null, cancellationToken);
        var draft = await lifecycle.RegisterAsync(
            new TunnelAuthority
            {
                Id = id,
                OrganizationId = tunnel.OrganizationId,
                WorkspaceId = tunnel.WorkspaceId,
                TunnelId = tunnel.Id,
                Name = name,
                Custody = custody,
                State = AuthorityState.Draft,
                KeyLabel = custody == AuthorityCustody.Pkcs11 ? keyLabel ?? AuthorityKeys.LabelPrefix + id.Value : null,
                StateSince = now,
                RegistrationEnds = now + AuthorityLifecycle.RegistrationLife,
                CreatedAt = now,
            },
            move,
            cancellationToken
        );
        return draft.Value is { HoldsKey: true } authority
            ? await PrepareAsync(move, authority, cancellationToken)
            : draft;
    }

    /// <summary>Takes over the one key of a PKCS#12 file.</summary>
    public async ValueTask<Result<TunnelAuthority>> ImportAsync(
        ApiRequest request,
        TunnelAuthority authority,
        byte[] file,
        string password,
        CancellationToken cancellationToken
    )
    {
        if (!options.DangerousAllowKeyImport)
        {
            return RequestErrors.Invalid.Refuse("Imported keys are off: certificates.dangerous_allow_key_import.");
        }

        if (authority is not { Custody: AuthorityCustody.Imported, State: AuthorityState.Draft })
        {
            return AuthorityErrors.StateOf(authority);
        }

        var read = Pkcs12Import.Read(file, password);
        if (!read.Succeeded)
        {
            return read.Refusal.ToRefusal();
        }

        using var key = read.Value;
        var move = await MoveOfAsync(request, reason: null, cancellationToken);
        var made = await preparation.AcceptKeyAsync(move, authority, key, cancellationToken);
        return made.Value is { } ready ? await PrepareAsync(move, ready, cancellationToken) : made;
    }

    /// <summary>Makes the key and the request, or what of both is missing. An imported key is waited for.</summary>
    public ValueTask<Result<TunnelAuthority>> PrepareAsync(
        AuthorityMove move,
        TunnelAuthority authority,
        CancellationToken cancellationToken
    ) => preparation.PrepareAsync(move, authority, cancellationToken);

    public async ValueTask<Result<TunnelAuthority>> UploadAsync(
        ApiRequest request,
        Tunnel tunnel,
        TunnelAuthority authority,
        UploadChainRequest upload,
        CancellationToken cancellationToken
    )
    {
        var mayUpload = AuthorityTransitions.Find(authority.State, AuthorityCommand.Upload) is not null;
        // A trust-only registration that turned out to be another one's second is deleted: the answer may be asked for
        // again.
        var mayBeSecond = authority is { HoldsKey: false, State: AuthorityState.Draft or AuthorityState.Deleted };
        if (!(mayUpload || mayBeSecond) || (authority.State == AuthorityState.Draft && authority.HoldsKey))
        {
            return AuthorityErrors.StateOf(authority);
        }

        var read = AuthorityRegistration.ReadChain(upload.ChainPem);
        if (!read.Succeeded)
        {
            return read.Refusal.ToRefusal();
        }

        var chain = read.Value;
        if (!Fingerprints.AreEqual(upload.Fingerprint, chain[0].Fingerprint))
        {
            return AuthorityErrors.Fingerprint.Refuse();
        }

        if (mayBeSecond && await checks.FindFirstAsync(authority, chain[0], cancellationToken) is { } first)
        {
            return await LeaveToAsync(request, authority, first, cancellationToken);
        }

        if (!mayUpload)
        {
            return AuthorityErrors.StateOf(authority);
        }

        var pem = AuthorityChains.Write(chain);
        if (authority.State == AuthorityState.Verified && authority.ChainPem == pem)
        {
            return authority;
        }

        // A chain that fails takes nothing from one that was checked: that one stays, and may be approved.
        if (
            authority.State == AuthorityState.Verified
            && await checks.FindAsync(
                tunnel,
                authority with
                {
                    AllowsPublicAnchor = upload.AllowPublicAnchor,
                },
                chain,
                cancellationToken
            )
                is { Count: > 0 } findings
        )
        {
            return Describe(findings[0], authority, FindingsOf(findings));
        }

        var move = await MoveOfAsync(request, reason: null, cancellationToken);
        var uploaded = await lifecycle.MoveAsync(
            authority,
            AuthorityState.CertUploaded,
            move with
            {
                Change = before =>
                    before with
                    {
                        ChainPem = pem,
                        Fingerprint = chain[0].Fingerprint,
                        NotAfter = chain[0].NotAfter,
                        Findings = [],
                        SubmittedBy = request.Caller.ActorId,
                        SubmittedPerson = move.Person,
                        ApprovedBy = null,
                        AllowsPublicAnchor = upload.AllowPublicAnchor,
                    },
            },
            cancellationToken
        );
        return uploaded.Value is { } stored
            ? await VerifyAsync(move, tunnel, stored, chain, cancellationToken)
            : uploaded;
    }

    // S18: the certificate is registered on this tunnel; the registration that is there is the answer.
    private async ValueTask<Result<TunnelAuthority>> LeaveToAsync(
        ApiRequest request,
        TunnelAuthority second,
        TunnelAuthority first,
        CancellationToken cancellationToken
    )
    {
        if (second.State == AuthorityState.Deleted)
        {
            return first;
        }

        var deleted = await lifecycle.MoveAsync(
            second,
            AuthorityState.Deleted,
            await MoveOfAsync(request, $"the certificate is registered as {first.Id.Value}", cancellationToken),
            cancellationToken
        );
        return deleted.Refusal is { } refusal ? refusal : first;
    }

    public async ValueTask<Result<TunnelAuthority>> ApproveAsync(
        ApiRequest request,
        Tunnel tunnel,
        TunnelAuthority authority,
        string fingerprint,
        CancellationToken cancellationToken
    )
    {
        var isDone = AuthorityTransitions.IsDone(authority.State, AuthorityCommand.Approve);
        if (!isDone && authority.State is not (AuthorityState.Verified or AuthorityState.Approved))
        {
            return AuthorityErrors.StateOf(authority);
        }

        if (!Fingerprints.AreEqual(fingerprint, authority.Fingerprint!))
        {
            return AuthorityErrors.Fingerprint.Refuse();
        }

        if (isDone)
        {
            return authority;
        }

        if (Persons.CheckIsPerson(request.Caller) is { } workload)
        {
            return workload;
        }

        var move = await MoveOfAsync(request, reason: null, cancellationToken);
        if (
            !options.SingleApproval
            && Persons.CheckAreTwo(authority.SubmittedPerson, move.Person!, AuthorityErrors.TwoPerson) is { } alone
        )
        {
            return alone;
        }

        if (authority.State == AuthorityState.Verified)
        {
            // Days may lie between upload and approval: what held then must hold now.
            var findings = await checks.FindAsync(
                tunnel,
                authority,
                AuthorityChains.Read(authority),
                cancellationToken
            );
            if (findings is [{ Code.Status: >= StatusCodes.Status500InternalServerError } outage, ..])
            {
                return outage;
            }

            if (findings.Count > 0)
            {
                return await RejectAsync(move, authority, findings, cancellationToken);
            }

            var approved = await lifecycle.MoveAsync(
                authority,
                AuthorityState.Approved,
                move with
                {
                    Change = verified => verified with { ApprovedBy = request.Caller.ActorId },
                },
                cancellationToken
            );
            if (approved.Value is not { } waiting)
            {
                return approved;
            }

            authority = waiting;
        }

        var staged = await lifecycle.MoveAsync(authority, AuthorityState.Staged, move, cancellationToken);
        if (staged.Value is not { } standing || !await MayActivateAtOnceAsync(tunnel, standing, cancellationToken))
        {
            return staged;
        }

        // Where clients trust another anchor already, it waits for them like any other.
        var active = await lifecycle.MoveAsync(standing, AuthorityState.Active, move, cancellationToken);
        return active.Refusal is { } waits && waits.Code == AuthorityErrors.State ? staged : active;
    }

    public async ValueTask<Result<TunnelAuthority>> PrepareAsync(
        ApiRequest request,
        TunnelAuthority authority,
        CancellationToken cancellationToken
    ) =>
        authority.HoldsKey
            ? await PrepareAsync(
                await MoveOfAsync(request, reason: null, cancellationToken),
                authority,
                cancellationToken
            )
            : AuthorityErrors.StateOf(authority);

    /// <summary>Writes down who accepts what; the command itself still has to be given.</summary>
    public async ValueTask<Result<TunnelAuthority>> OverrideAsync(
        ApiRequest request,
        TunnelAuthority authority,
        OverrideAuthorityRequest wanted,
        CancellationToken cancellationToken
    )
    {
        if (authority.State is not (AuthorityState.Staged or AuthorityState.Active or AuthorityState.Suspended))
        {
            return AuthorityErrors.StateOf(authority);
        }

        if (Persons.CheckIsPerson(request.Caller) is { } workload)
        {
            return workload;
        }

        var move = await MoveOfAsync(request, wanted.Reason.Trim(), cancellationToken);
        return await lifecycle.RecordAsync(
            AuditEvents.AuthorityOverridden,
            authority with
            {
                Override = new AuthorityOverride(
                    [.. wanted.Missing.Distinct(StringComparer.Ordinal)],
                    wanted.Reason.Trim(),
                    request.Caller.ActorId,
                    move.Person!,
                    time.GetStoreNow()
                ),
            },
            move,
            cancellationToken
        );
    }

    /// <summary>Any command that is one move.</summary>
    public async ValueTask<Result<TunnelAuthority>> RunAsync(
        ApiRequest request,
        TunnelAuthority authority,
        AuthorityCommand command,
        AuthorityCommandRequest wanted,
        CancellationToken cancellationToken
    )
    {
        if (AuthorityTransitions.IsDone(authority.State, command))
        {
            return authority;
        }

        if (wanted.ExpectedState is { } state && WireNames.Parse<AuthorityState>(state) != authority.State)
        {
            return AuthorityErrors.StateOf(authority, $"It was expected to be {state}.");
        }

        if (AuthorityTransitions.Find(authority.State, command) is not { } transition)
        {
            return AuthorityErrors.StateOf(authority);
        }

        return await lifecycle.MoveAsync(
            authority,
            transition.To ?? authority.StateBefore!.Value,
            await MoveOfAsync(request, wanted.Reason, cancellationToken),
            cancellationToken
        );
    }

    private async ValueTask<Result<TunnelAuthority>> VerifyAsync(
        AuthorityMove move,
        Tunnel tunnel,
        TunnelAuthority authority,
        IReadOnlyList<ParsedCertificate> chain,
        CancellationToken cancellationToken
    )
    {
        var findings = await checks.FindAsync(tunnel, authority, chain, cancellationToken);
        if (findings is [{ Code.Status: >= StatusCodes.Status500InternalServerError } outage, ..])
        {
            // The chain is stored; uploading it again goes on from here.
            return outage;
        }

        return findings.Count > 0
            ? await RejectAsync(move, authority, findings, cancellationToken)
            : await lifecycle.MoveAsync(
                authority,
                AuthorityState.Verified,
                move with
                {
                    Change = uploaded =>
                        uploaded with
                        {
                            // A trust-only one's key comes with its certificate, and goes with it.
                            PublicKey = uploaded.HoldsKey ? uploaded.PublicKey : chain[0].PublicKey!.Encoded.ToArray(),
                            SubjectKey = AuthorityChecks.SubjectKeyOf(chain[0]),
                            MaxLeafLife = checks.LeafLifeUnder(uploaded, chain[0]),
                        },
                },
                cancellationToken
            );
    }

    private async ValueTask<Result<TunnelAuthority>> RejectAsync(
        AuthorityMove move,
        TunnelAuthority authority,
        IReadOnlyList<Refusal> findings,
        CancellationToken cancellationToken
    )
    {
        var rejected = await lifecycle.MoveAsync(
            authority,
            AuthorityState.Rejected,
            move with
            {
                Change = before => before with { Findings = FindingsOf(findings) },
            },
            cancellationToken
        );
        return rejected.Value is { } kept ? Describe(findings[0], kept, kept.Findings) : rejected;
    }

    private static IReadOnlyList<AuthorityFinding> FindingsOf(IReadOnlyList<Refusal> findings) =>
        [.. findings.Select(finding => new AuthorityFinding { Code = finding.Code.Code, Message = finding.Message })];

    /// <summary>The refusal of a chain: in which state that leaves the authority, and what comes next.</summary>
    private static Refusal Describe(
        Refusal refusal,
        TunnelAuthority authority,
        IReadOnlyList<AuthorityFinding> findings
    ) =>
        refusal
            .With("state", WireNames.Of(authority.State))
            .With(
                "findings",
                new JsonArray([
                    .. findings.Select(finding => new JsonObject
                    {
                        ["code"] = finding.Code,
                        ["message"] = finding.Message,
                    }),
                ])
            )
            .With("next", AuthorityNextSteps.Of(authority));

    // S16: nobody's connection can break. A trust-only one changes nothing for those who are connected.
    private async ValueTask<bool> MayActivateAtOnceAsync(
        Tunnel tunnel,
        TunnelAuthority authority,
        CancellationToken cancellationToken
    )
    {
        if (!authority.HoldsKey)
        {
            return true;
        }

        if (await authorities.FindActiveAsync(tunnel.Id, cancellationToken) is not null)
        {
            return false;
        }

        var now = time.GetUtcNow();
        var agents = await enrollments.ListAsync(tunnel.Id, cancellationToken);
        return !agents.Any(agent => agent.RevokedAt is null && agent.CertificateNotAfter >= now);
    }

    private async ValueTask<AuthorityMove> MoveOfAsync(
        ApiRequest request,
        string? reason,
        CancellationToken cancellationToken
    ) => AuthorityMove.Of(request, await persons.OfAsync(request.Caller, cancellationToken), reason);
}
