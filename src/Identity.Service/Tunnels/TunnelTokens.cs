using System.Collections.Frozen;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Sealing;

namespace Culvert.Identity.Service.Tunnels;

/// <summary>Reveals, rotates and validates tunnel tokens (S5).</summary>
internal sealed class TunnelTokens(TunnelStore tunnels, IJournal journal, Sealer sealer, TimeProvider time)
{
    public async ValueTask<Result<TunnelTokenDocument>> RevealAsync(
        AuditCause cause,
        Tunnel tunnel,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = TunnelEvents.TokenRevealed(new AuditOrigin(time.GetUtcNow(), cause), tunnel, reason),
            },
            cancellationToken
        );
        if (result.RefusalUnlessCommitted() is { } refusal)
        {
            return refusal;
        }

        // Audited before it is unsealed: no caller sees a token without an audit entry.
        var sealedToken = await tunnels.SealedTokenAsync(tunnel.Id, cancellationToken);
        var current = await tunnels.FindAsync(tunnel.Id.Value, cancellationToken);
        return sealedToken is null || current is null or { IsArchived: true }
            ? TunnelErrors.Archived.Refuse()
            : new TunnelTokenDocument(
                Id: current.TokenId.Value,
                TunnelToken: TunnelSecret.Open(tunnel.Id, sealedToken, sealer)
            );
    }

    public async ValueTask<Result<TunnelTokenDocument>> RotateAsync(
        AuditCause cause,
        Tunnel tunnel,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        var (secret, token) = TunnelSecret.New(tunnel.Id, sealer);
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = TunnelEvents.TokenRotated(new AuditOrigin(time.GetUtcNow(), cause), tunnel, secret.Id, reason),
                Statements = [tunnels.ReplaceToken(tunnel.Id, secret)],
            },
            cancellationToken
        );
        return result.RefusalUnlessCommitted() is { } refusal
            ? refusal
            : new TunnelTokenDocument(Id: secret.Id.Value, TunnelToken: token);
    }

    /// <summary>The values of rotated tokens and of archived tunnels are unknown: the store deletes them.</summary>
    public async ValueTask<Result<Caller>> ValidateAsync(string token, CancellationToken cancellationToken)
    {
        var hash = Credentials.Hash(token);
        var tunnel = await tunnels.FindByTokenAsync(hash, cancellationToken);
        return tunnel is null
            ? AuthErrors.Invalid.Refuse()
            : Result<Caller>.Ok(
                new Caller
                {
                    Kind = CallerKind.TunnelToken,
                    OrganizationId = tunnel.OrganizationId,
                    WorkspaceId = tunnel.WorkspaceId,
                    Scopes = FrozenSet<string>.Empty,
                    ActorId = tunnel.TokenId.Value,
                    CredentialHash = Convert.ToHexStringLower(hash),
                    TokenId = tunnel.TokenId.Value,
                    TunnelId = tunnel.Id.Value,
                }
            );
    }
}
