using System.Text.Json.Nodes;
using Culvert.Ca.Authorities;
using Culvert.Ca.Certificates;
using Culvert.Ca.Keys;
using Culvert.Identity.Service.Approvals;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Tunnels;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>One administrator uploads the chain, another approves it. A repeat continues an interrupted command.</summary>
internal sealed class ChainCommands(
    AuthorityLifecycle lifecycle,
    ChainSubmission submission,
    AuthorityChecks checks,
    FirstActivation activation,
    PersonIdentification persons,
    Current<CertificateOptions> options
)
{
    public async ValueTask<Result<TunnelAuthority>> UploadAsync(
        OperationContext context,
        Tunnel tunnel,
        TunnelAuthority authority,
        UploadChainRequest upload,
        CancellationToken cancellationToken
    )
    {
        var mayUpload = AuthorityTransitions.Find(authority.State, AuthorityCommand.Upload) is not null;
        // A trust-only registration that repeated an existing one was deleted: the caller may request the same answer again.
        var mayBeSecond = authority is { HoldsKey: false, State: AuthorityState.Draft or AuthorityState.Deleted };
        if (!(mayUpload || mayBeSecond) || (authority.State == AuthorityState.Draft && authority.HoldsKey))
        {
            return AuthorityErrors.InvalidState(authority);
        }

        var read = AuthorityRegistration.ReadChain(upload.ChainPem);
        if (!read.Succeeded)
        {
            return read.Refusal.Explain(upload.ChainPem).ToRefusal();
        }

        var chain = read.Value;
        if (!Fingerprints.AreEqual(upload.Fingerprint, chain[0].Fingerprint))
        {
            return ExplainFingerprint(authority, chain, upload.Fingerprint);
        }

        if (mayBeSecond && await checks.FindFirstAsync(authority, chain[0], cancellationToken) is { } first)
        {
            return await DelegateAsync(context, authority, first, cancellationToken);
        }

        if (!mayUpload)
        {
            return AuthorityErrors.InvalidState(authority);
        }

        if (authority.State == AuthorityState.Verified && authority.ChainPem == AuthorityChains.Write(chain))
        {
            return authority;
        }

        // A chain that fails does not replace one that was checked: that one stays, and may be approved.
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
            return Describe(findings[0], authority, ToFindings(findings));
        }

        var move = await AuthorityMove.ByCallerAsync(context, persons, reason: null, cancellationToken);
        var uploaded = await submission.UploadAsync(
            move,
            authority,
            chain,
            upload.AllowPublicAnchor,
            cancellationToken
        );
        return uploaded.Value is { } stored
            ? await CheckAsync(move, tunnel, stored, chain, cancellationToken)
            : uploaded;
    }

    public async ValueTask<Result<TunnelAuthority>> ApproveAsync(
        OperationContext context,
        Tunnel tunnel,
        TunnelAuthority authority,
        string fingerprint,
        CancellationToken cancellationToken
    )
    {
        var isDone = AuthorityTransitions.IsDone(authority.State, AuthorityCommand.Approve);
        if (!isDone && authority.State is not (AuthorityState.Verified or AuthorityState.Approved))
        {
            return AuthorityErrors.InvalidState(authority);
        }

        if (!Fingerprints.AreEqual(fingerprint, authority.Fingerprint!))
        {
            return AuthorityErrors.Fingerprint.Refuse();
        }

        if (isDone)
        {
            return authority;
        }

        if (PersonIdentification.CheckIsPerson(context.Caller) is { } workload)
        {
            return workload;
        }

        var move = await AuthorityMove.ByCallerAsync(context, persons, reason: null, cancellationToken);
        if (
            !options.Value.SingleApproval
            && PersonIdentification.CheckAreTwo(authority.SubmittedPerson, move.Person!, AuthorityErrors.TwoPerson)
                is { } alone
        )
        {
            return alone;
        }

        if (authority.State == AuthorityState.Verified)
        {
            // Days may pass between upload and approval: every check must pass again.
            var findings = await checks.FindAsync(
                tunnel,
                authority,
                AuthorityChains.Read(authority),
                cancellationToken
            );
            if (AuthorityChecks.FindOutage(findings) is { } outage)
            {
                return outage;
            }

            if (findings.Count > 0)
            {
                return await RejectAsync(move, authority, findings, cancellationToken);
            }
        }

        var staged = await submission.ApproveAsync(move, authority, cancellationToken);
        if (staged.Value is not { } standing || !await activation.IsAllowedAsync(tunnel, standing, cancellationToken))
        {
            return staged;
        }

        // If clients already trust another anchor, it waits for them as usual.
        var active = await lifecycle.MoveAsync(standing, AuthorityState.Active, move, cancellationToken);
        return active.Refusal is { } waits && waits.Code == AuthorityErrors.State ? staged : active;
    }

    // The fingerprint of another certificate of the chain means a wrong order or a wrong input, not a replaced certificate.
    private static Refusal ExplainFingerprint(
        TunnelAuthority authority,
        IReadOnlyList<ParsedCertificate> chain,
        string fingerprint
    )
    {
        var found = chain.Index().FirstOrDefault(one => Fingerprints.AreEqual(fingerprint, one.Item.Fingerprint));
        if (found.Item is null)
        {
            return AuthorityErrors.Fingerprint.Refuse();
        }

        var ourKey = authority.HoldsKey ? SubjectPublicKey.TryParse(authority.PublicKey) : null;
        return AuthorityRegistration.InspectOrder(chain, ourKey)?.ToRefusal()
            ?? AuthorityErrors.Fingerprint.Refuse(
                $"The fingerprint is of certificate {found.Index + 1} of {chain.Count}: give that of the authority's own "
                    + "certificate, which is the first."
            );
    }

    // S18: the certificate is registered on this tunnel already; the existing registration is the answer.
    private async ValueTask<Result<TunnelAuthority>> DelegateAsync(
        OperationContext context,
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
            await AuthorityMove.ByCallerAsync(
                context,
                persons,
                $"the certificate is registered as {first.Id.Value}",
                cancellationToken
            ),
            cancellationToken
        );
        return deleted.Refusal is { } refusal ? refusal : first;
    }

    private async ValueTask<Result<TunnelAuthority>> CheckAsync(
        AuthorityMove move,
        Tunnel tunnel,
        TunnelAuthority authority,
        IReadOnlyList<ParsedCertificate> chain,
        CancellationToken cancellationToken
    )
    {
        var findings = await checks.FindAsync(tunnel, authority, chain, cancellationToken);
        if (AuthorityChecks.FindOutage(findings) is { } outage)
        {
            // The chain is stored; uploading it again continues from here.
            return outage;
        }

        return findings.Count > 0
            ? await RejectAsync(move, authority, findings, cancellationToken)
            : await submission.VerifyAsync(move, authority, chain, cancellationToken);
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
                Change = before => before with { Findings = ToFindings(findings) },
            },
            cancellationToken
        );
        return rejected.Value is { } kept ? Describe(findings[0], kept, kept.Findings) : rejected;
    }

    private static IReadOnlyList<AuthorityFinding> ToFindings(IReadOnlyList<Refusal> findings) =>
        [.. findings.Select(finding => new AuthorityFinding(Code: finding.Code.Code, Message: finding.Message))];

    /// <summary>Adds the authority's resulting state and the next command to the refusal of a chain.</summary>
    private static Refusal Describe(
        Refusal refusal,
        TunnelAuthority authority,
        IReadOnlyList<AuthorityFinding> findings
    ) =>
        refusal
            .With("state", WireNames.Get(authority.State))
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
            .With("next", AuthorityNextSteps.Describe(authority));
}
