using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Settings;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Tokens.Revocations;

/// <summary>
/// <c>POST /v1/oauth/revoke</c> (RFC 7009). The holder of a token may revoke it without proof of the key that it is
/// bound to: a thief who revokes a stolen token does no harm. A token that is no longer valid gets the same answer as a
/// valid one (§2.2).
/// </summary>
internal sealed class RevokeEndpoint(AccessTokenVerifier verifier, TokenRevoker revoker, ServiceIdentity identity)
{
    public const string Path = "/v1/oauth/revoke";

    private const string Reason = "by its holder";

    public async ValueTask<ApiAnswer> PostAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!(await TokenForm.ReadAsync(request, cancellationToken)).TryGet(out var token, out var refusal))
        {
            return refusal;
        }

        var verified = verifier.Verify(token);
        if (verified.Error is { } error)
        {
            // A token that cannot be verified now must not be reported as revoked.
            return error.Status == StatusCodes.Status503ServiceUnavailable ? error.Refuse() : ApiAnswer.Nothing;
        }

        var claims = verified.Claims;
        var revoked = await revoker.RevokeAsync(
            ToActor(request, claims),
            request.RequestId,
            claims.Organization,
            new RevocationTarget(RevocationKind.Token, claims.TokenId),
            issuedBefore: null,
            Reason,
            // Only such tokens enrol a machine or call an agent: their feeds must be notified.
            claims.Audience != identity.PublicUrl
                || claims.Scope.Split(' ').Any(scope => scope is Scopes.TunnelAgent or Scopes.EdgeServe),
            cancellationToken
        );
        return revoked.IsOk ? ApiAnswer.Nothing : revoked.Refusal;
    }

    private static AuditActor ToActor(ApiRequest request, in AccessTokenClaims claims) =>
        new()
        {
            Type = "federated",
            Id = claims.Subject,
            Issuer = claims.Source?.IssuerId,
            IpAddress = request.Source.ToString(),
            UserAgent = request.UserAgent is { Length: > 256 } agent ? agent[..256] : request.UserAgent,
        };
}
