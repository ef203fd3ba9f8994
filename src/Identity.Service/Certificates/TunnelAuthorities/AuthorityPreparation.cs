using Culvert.Ca.Keys;
using Culvert.Ca.Keys.Pkcs11;
using Culvert.Ca.Requests;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>
/// Creates an authority's first record, key and request. A key in a token is claimed in the database first: a token
/// accepts several keys with one label, and it would be unknown which one signs.
/// </summary>
internal sealed class AuthorityPreparation(
    AuthorityLifecycle lifecycle,
    TunnelAuthorityStore authorities,
    AuthorityKeys keys,
    IJournal journal,
    TimeProvider time
)
{
    /// <summary>Longer than the HSM timeout. A key that is created even later is removed.</summary>
    public static readonly TimeSpan ClaimLife = TimeSpan.FromMinutes(1);

    private const int ClaimBytes = 16;

    /// <summary>Registers an authority without a key. Null label = a generated one in the token.</summary>
    public ValueTask<Result<TunnelAuthority>> DraftAsync(
        AuthorityMove move,
        Tunnel tunnel,
        CertificateAuthorityId id,
        string name,
        AuthorityCustody custody,
        string? keyLabel,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetStoreNow();
        return lifecycle.RegisterAsync(
            new TunnelAuthority
            {
                Id = id,
                OrganizationId = tunnel.OrganizationId,
                WorkspaceId = tunnel.WorkspaceId,
                TunnelId = tunnel.Id,
                Name = name,
                Custody = custody,
                KeyLabel = custody == AuthorityCustody.Pkcs11 ? keyLabel ?? AuthorityKeys.LabelPrefix + id.Value : null,
                State = AuthorityState.Draft,
                StateSince = now,
                RegistrationEnds = now + AuthorityLifecycle.RegistrationLife,
                CreatedAt = now,
            },
            move,
            cancellationToken
        );
    }

    /// <summary>Creates the key and the request, or the missing one of them. Waits for an imported key.</summary>
    public async ValueTask<Result<TunnelAuthority>> PrepareAsync(
        AuthorityMove move,
        TunnelAuthority authority,
        CancellationToken cancellationToken
    )
    {
        try
        {
            if (
                authority is
                { State: AuthorityState.Draft, Custody: AuthorityCustody.Sealed or AuthorityCustody.Pkcs11 }
            )
            {
                var made = authority.KeyLabel is { } label
                    ? await MakeInTokenAsync(move, authority, label, cancellationToken)
                    : await MakeSealedAsync(move, authority, cancellationToken);
                if (made.Value is not { } ready)
                {
                    return made;
                }

                authority = ready;
            }

            return authority.State == AuthorityState.KeyReady
                ? await RequestAsync(move, authority, cancellationToken)
                : authority;
        }
        catch (Pkcs11Exception fault)
        {
            return AuthorityErrors
                .OfHsm(fault)
                .With("ca_id", authority.Id.Value)
                .With("next", AuthorityNextSteps.Describe(authority));
        }
    }

    public ValueTask<Result<TunnelAuthority>> AcceptKeyAsync(
        AuthorityMove move,
        TunnelAuthority authority,
        IssuerKey key,
        CancellationToken cancellationToken
    ) =>
        lifecycle.MoveAsync(
            authority,
            AuthorityState.KeyReady,
            move with
            {
                Change = draft =>
                    draft with
                    {
                        PublicKey = key.PublicKey.Encoded.ToArray(),
                        SealedKey = draft.KeyLabel is null ? keys.Seal(draft.Id, key) : null,
                    },
            },
            cancellationToken
        );

    private async ValueTask<Result<TunnelAuthority>> MakeSealedAsync(
        AuthorityMove move,
        TunnelAuthority authority,
        CancellationToken cancellationToken
    )
    {
        using var key = IssuerKey.Generate(KeyAlgorithm.EcdsaP256);
        return await AcceptKeyAsync(move, authority, key, cancellationToken);
    }

    private async ValueTask<Result<TunnelAuthority>> MakeInTokenAsync(
        AuthorityMove move,
        TunnelAuthority authority,
        string label,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetStoreNow();
        var claim = Convert.ToHexStringLower(RandomBytes.Get(ClaimBytes));
        var claimed = await journal.CommitAsync(
            new Decision { Statements = [authorities.ClaimKey(authority.Id, claim, now, now + ClaimLife)] },
            cancellationToken
        );
        if (claimed.IsStale)
        {
            return AuthorityErrors.KeyIsMade(authority);
        }

        if (claimed.RefusalUnlessCommitted() is { } unavailable)
        {
            return unavailable;
        }

        var end = authorities.EndKeyClaim(authority.Id, claim);
        Result<TunnelAuthority> made;
        try
        {
            using var key = keys.MakeInToken(label);
            made = await AcceptKeyAsync(move with { With = [.. move.With, end] }, authority, key, cancellationToken);
        }
        catch (Pkcs11Exception fault) when (!fault.IsLate)
        {
            await ReleaseAsync(end);
            throw;
        }

        if (made.Value is null)
        {
            await ReleaseAsync(end);
        }

        return made;
    }

    // Best effort: a remaining claim expires.
    private async ValueTask ReleaseAsync(Statement end) =>
        await journal.CommitAsync(new Decision { Statements = [end] }, CancellationToken.None);

    private async ValueTask<Result<TunnelAuthority>> RequestAsync(
        AuthorityMove move,
        TunnelAuthority authority,
        CancellationToken cancellationToken
    )
    {
        using var signer = keys.Open(authority);
        var csr = AuthorityRequest.Create(signer, authority.Name);
        return await lifecycle.MoveAsync(
            authority,
            AuthorityState.CsrIssued,
            move with
            {
                Change = ready => ready with { CsrPem = csr },
            },
            cancellationToken
        );
    }
}
