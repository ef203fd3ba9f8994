using System.Collections.Frozen;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Settings;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Tokens;

/// <summary>
/// Accepts access tokens at the service's own APIs: <see cref="AccessTokenVerifier"/> accepts the token, and it is for
/// this service. Beyond RFC 9068, the rule must still be in force and grant at least what the token grants, so that
/// archiving and narrowing take effect at once.
/// </summary>
internal sealed class AccessTokenValidator(AccessTokenVerifier verifier, ServiceIdentity identity)
    : IAccessTokenValidator
{
    public ValueTask<Result<Caller>> ValidateAsync(string token, CancellationToken cancellationToken) =>
        new(Validate(token));

    private Result<Caller> Validate(string text)
    {
        var token = verifier.Verify(text);
        if (token.Error is { } error)
        {
            return Refuse(error);
        }

        if (token.Claims.Audience != identity.PublicUrl)
        {
            return Refuse(TokenErrors.Audience);
        }

        return verifier.FindLiveRule(token.Claims) is { } rule
            ? ToCaller(token.Claims, token.KeyId, rule)
            : Refuse(TokenErrors.Revoked);
    }

    private static Result<Caller> ToCaller(in AccessTokenClaims claims, string keyId, CompiledRule rule)
    {
        // FindLiveRule refuses tokens without a workspace.
        var effective = rule.GrantedIn(claims.Workspace!).Set;
        var granted = claims.Scope.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return Result<Caller>.Ok(
            new Caller
            {
                Kind = CallerKind.AccessToken,
                OrganizationId = claims.Organization,
                WorkspaceId = claims.Workspace,
                Scopes = granted.Where(effective.Contains).ToFrozenSet(StringComparer.Ordinal),
                ActorId = claims.Subject,
                ExpiresAt = DateTimeOffset.FromUnixTimeSeconds(claims.ExpiresAt),
                IssuedAt = DateTimeOffset.FromUnixTimeSeconds(claims.IssuedAt),
                CredentialHash = "",
                Confirmation = claims.Confirmation,
                TokenId = claims.TokenId,
                Family = claims.Family,
                SubjectHash = claims.Source?.SubjectHash,
                SigningKeyId = keyId,
                IssuerId = rule.Issuer.Id.Value,
                RuleId = rule.Rule.Id.Value,
                RuleVersion = claims.RuleVersion,
                ServiceAccountId = claims.Subject,
                TunnelIds = rule.TunnelIds,
                EdgeIds = rule.EdgeIds,
            }
        );
    }

    private static Result<Caller> Refuse(ErrorCode code) => code.Refuse();
}
