using Culvert.Ca.Certificates;
using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>
/// The steps from a signed chain to the trust bundle, for operators and the automatic successor. The caller first
/// checks the chain, the typed fingerprint and the second administrator.
/// </summary>
internal sealed class ChainSubmission(AuthorityLifecycle lifecycle, AuthorityChecks checks)
{
    /// <summary>Stores the chain. Findings and approval of an earlier chain no longer count.</summary>
    public ValueTask<Result<TunnelAuthority>> UploadAsync(
        AuthorityMove move,
        TunnelAuthority authority,
        IReadOnlyList<ParsedCertificate> chain,
        bool allowsPublicAnchor,
        CancellationToken cancellationToken
    ) =>
        MoveAsync(
            move,
            authority,
            AuthorityState.CertUploaded,
            before =>
                before with
                {
                    ChainPem = AuthorityChains.Write(chain),
                    Fingerprint = chain[0].Fingerprint,
                    NotAfter = chain[0].NotAfter,
                    Findings = [],
                    SubmittedBy = move.Cause.Actor.Id,
                    SubmittedPerson = move.Person,
                    ApprovedBy = null,
                    AllowsPublicAnchor = allowsPublicAnchor,
                },
            cancellationToken
        );

    public ValueTask<Result<TunnelAuthority>> VerifyAsync(
        AuthorityMove move,
        TunnelAuthority authority,
        IReadOnlyList<ParsedCertificate> chain,
        CancellationToken cancellationToken
    ) =>
        MoveAsync(
            move,
            authority,
            AuthorityState.Verified,
            uploaded =>
                uploaded with
                {
                    // A trust-only authority's key is that of its certificate.
                    PublicKey = uploaded.HoldsKey ? uploaded.PublicKey : chain[0].PublicKey!.Encoded.ToArray(),
                    SubjectKey = AuthorityChecks.ToSubjectKey(chain[0]),
                    MaxLeafLife = checks.LeafLifeUnder(uploaded, chain[0]),
                },
            cancellationToken
        );

    /// <summary>Records the approval and adds the authority to the bundle; skips the approval if it is recorded.</summary>
    public async ValueTask<Result<TunnelAuthority>> ApproveAsync(
        AuthorityMove move,
        TunnelAuthority authority,
        CancellationToken cancellationToken
    )
    {
        if (authority.State == AuthorityState.Verified)
        {
            var approved = await MoveAsync(
                move,
                authority,
                AuthorityState.Approved,
                verified => verified with { ApprovedBy = move.Cause.Actor.Id },
                cancellationToken
            );
            if (approved.Value is not { } waiting)
            {
                return approved;
            }

            authority = waiting;
        }

        return await lifecycle.MoveAsync(authority, AuthorityState.Staged, move, cancellationToken);
    }

    private ValueTask<Result<TunnelAuthority>> MoveAsync(
        AuthorityMove move,
        TunnelAuthority authority,
        AuthorityState to,
        Func<TunnelAuthority, TunnelAuthority> change,
        CancellationToken cancellationToken
    ) => lifecycle.MoveAsync(authority, to, move with { Change = change }, cancellationToken);
}
