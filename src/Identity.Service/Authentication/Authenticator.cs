using System.Globalization;
using Culvert.Identity.Service.Admin;
using Culvert.Identity.Service.Certificates.RelyingParties;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tenants;
using Culvert.Identity.Service.Tokens;
using Culvert.Identity.Service.Tokens.Binding;
using Culvert.Identity.Service.Tunnels;

namespace Culvert.Identity.Service.Authentication;

/// <summary>
/// Maps a credential to a <see cref="Caller"/>. Admin keys and tunnel tokens are looked up by hash; a validator checks
/// access tokens. Also applies the workspace header, which can narrow access but never widen it.
/// </summary>
internal sealed class Authenticator(
    AdminKeyStore adminKeys,
    AdminKeyUses adminKeyUses,
    IAccessTokenValidator accessTokens,
    TunnelTokens tunnelTokens,
    RelyingPartyDirectory relyingParties,
    IPersonSessions personSessions,
    IMachinePeerVerifier peers,
    TenantStore tenants,
    RequestBinding binding,
    TimeProvider time
) : IAuthenticator
{
    /// <inheritdoc/>
    public async ValueTask<Result<Caller>> AuthenticateAsync(HttpContext http, CancellationToken cancellationToken)
    {
        if (Credentials.Find(http.Request, out var isDpopScheme) is not { } credential)
        {
            return AuthErrors.Missing.Refuse();
        }

        if (credential.Length > Credentials.MaxLength)
        {
            return AuthErrors.Invalid.Refuse();
        }

        var result = await ProveAsync(credential, cancellationToken);
        if (!result.IsOk)
        {
            return result;
        }

        var caller = result.Value;

        // Last: a proof is used up only if the credential is otherwise valid.
        if (binding.CheckToken(http, caller.Confirmation, credential, isDpopScheme) is { } unproven)
        {
            return unproven.Refuse();
        }

        var hash =
            caller.CredentialHash.Length > 0
                ? caller.CredentialHash
                : Convert.ToHexStringLower(Credentials.Hash(credential));
        return await ApplyWorkspaceAsync(http, caller with { CredentialHash = hash }, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<Refusal?> AuthenticatePeerAsync(
        ApiRequest request,
        MachineRole role,
        CancellationToken cancellationToken
    )
    {
        // The handshake rejects clients without a certificate: a missing feature is a programming error, not a refusal.
        var peer =
            request.Http.Features.Get<MachinePeer>()
            ?? throw new InvalidOperationException("A machine endpoint was reached without a verified certificate.");
        if (peer.Role != role)
        {
            return AuthErrors.Peer.Refuse();
        }

        if (time.GetUtcNow() > peer.NotAfter)
        {
            return AuthErrors.PeerExpired.Refuse();
        }

        if (await peers.IsRevokedAsync(peer, cancellationToken))
        {
            return AuthErrors.PeerRevoked.Refuse();
        }

        request.SetPeer(peer);
        return null;
    }

    private async ValueTask<Result<Caller>> ProveAsync(string credential, CancellationToken cancellationToken)
    {
        if (credential.StartsWith(AdminKey.SecretPrefix, StringComparison.Ordinal))
        {
            return await ProveAdminKeyAsync(credential, cancellationToken);
        }

        if (credential.StartsWith(IPersonSessions.SecretPrefix, StringComparison.Ordinal))
        {
            return await personSessions.ValidateAsync(credential, cancellationToken);
        }

        if (credential.StartsWith("clv_rp_", StringComparison.Ordinal))
        {
            return await relyingParties.ValidateAsync(credential, cancellationToken);
        }

        return credential.StartsWith("clv_tun_", StringComparison.Ordinal)
            ? await tunnelTokens.ValidateAsync(credential, cancellationToken)
            : await accessTokens.ValidateAsync(credential, cancellationToken);
    }

    /// <summary>The active admin key of this credential, or the reason why it is not valid.</summary>
    public async ValueTask<Result<AdminKey>> FindAdminKeyAsync(string credential, CancellationToken cancellationToken)
    {
        if (await adminKeys.FindAsync(Credentials.Hash(credential), cancellationToken) is not { } key)
        {
            return AuthErrors.Invalid.Refuse();
        }

        // The caller has the complete key, so only its owner learns why it no longer works.
        if (key.RevokedAt is { } revokedAt)
        {
            return AuthErrors
                .KeyRevoked.Refuse(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"This admin key ({key.Name}) was revoked at {revokedAt:u}."
                    )
                )
                .With("next", AuthErrors.KeyRevoked.NextStep);
        }

        if (time.GetUtcNow() > key.ExpiresAt)
        {
            return AuthErrors.KeyExpired.Refuse();
        }

        adminKeyUses.Note(key.Id);
        return key;
    }

    private async ValueTask<Result<Caller>> ProveAdminKeyAsync(string credential, CancellationToken cancellationToken)
    {
        if (!(await FindAdminKeyAsync(credential, cancellationToken)).TryGet(out var key, out var refusal))
        {
            return refusal;
        }

        return new Caller
        {
            Kind = CallerKind.AdminKey,
            OrganizationId = key.OrganizationId,
            Scopes = key.Scopes,
            Roles = key.Roles,
            ActorId = key.Id.Value,
            ExpiresAt = key.ExpiresAt,
            CredentialHash = Convert.ToHexStringLower(Credentials.Hash(credential)),
        };
    }

    private async ValueTask<Result<Caller>> ApplyWorkspaceAsync(
        HttpContext http,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        var wanted = http.Request.Headers[RequestIdentity.WorkspaceHeader].ToString();
        if (wanted.Length == 0)
        {
            if (caller is { Kind: CallerKind.AdminKey or CallerKind.Person, WorkspaceId: null })
            {
                // The caller sees all workspaces; new objects go to the default one, which the answer's header names.
                var workspace = await tenants.DefaultWorkspaceAsync(caller.OrganizationId, cancellationToken);
                RequestIdentity.SetTenant(http, caller.OrganizationId, workspace.Id.Value);
            }

            return Result<Caller>.Ok(caller);
        }

        var covered = caller.WorkspaceId is null
            ? await tenants.HasWorkspaceAsync(caller.OrganizationId, wanted, cancellationToken)
            : caller.WorkspaceId == wanted;
        return covered ? Result<Caller>.Ok(caller with { WorkspaceId = wanted }) : AuthErrors.Workspace.Refuse();
    }
}
