using System.Collections.Frozen;
using System.Text;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tokens.SigningKeys;
using Culvert.Jose;
using Culvert.Jose.Signatures;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Tokens;

/// <summary>
/// RFC 9068 §4: 1. form and type, 2. key and signature, 3. issuer, audience and time; and beyond the RFC 4. the rule
/// still stands, and grants no more than it does now, so that archiving and narrowing take effect at once.
/// </summary>
internal sealed class AccessTokenValidator(
    SigningKeyRing keys,
    FederationDirectory federation,
    ServiceOptions options,
    TimeProvider time
) : IAccessTokenValidator
{
    private readonly byte[] publicUrl = Encoding.UTF8.GetBytes(options.PublicUrl);

    public ValueTask<AuthenticationResult> ValidateAsync(string token, CancellationToken cancellationToken) =>
        new(Validate(token));

    private AuthenticationResult Validate(string text)
    {
        var parsed = SignedToken.TryParse(Encoding.ASCII.GetBytes(text), out var token);
        if (parsed is JoseRefusal.AlgorithmMissing or JoseRefusal.AlgorithmUnsupported)
        {
            return Refuse(TokenErrors.Algorithm);
        }

        if (parsed != JoseRefusal.None || !token!.HasType(AccessTokenMinter.TokenType))
        {
            return Refuse(TokenErrors.Malformed);
        }

        if (keys.Current.Find(token.KeyId) is not { } key)
        {
            return Refuse(TokenErrors.KeyUnknown);
        }

        var verified = token.Verify(key, JwsAlgorithms.ES256);
        if (verified != JoseRefusal.None)
        {
            return Refuse(verified == JoseRefusal.SignatureInvalid ? TokenErrors.Signature : TokenErrors.Algorithm);
        }

        if (CheckClaims(token.Claims) is { } error)
        {
            return Refuse(error);
        }

        return federation.IsStale ? Refuse(StorageErrors.Unavailable) : CallerOf(token.Claims);
    }

    private ErrorCode? CheckClaims(ClaimSet claims)
    {
        if (!claims.TryFind("iss"u8, out var issuer) || !issuer.StringEquals(publicUrl))
        {
            return TokenErrors.Issuer;
        }

        if (!claims.TryFind("aud"u8, out var audience) || !audience.StringEquals(publicUrl))
        {
            return TokenErrors.Audience;
        }

        var now = time.GetUtcNow();
        if (!TryReadTime(claims, "exp"u8, out var expiresAt) || now >= expiresAt)
        {
            return TokenErrors.Expired;
        }

        return !TryReadTime(claims, "iat"u8, out var issuedAt) || issuedAt > now + options.Federation.Leeway
            ? TokenErrors.NotYetValid
            : null;
    }

    private AuthenticationResult CallerOf(ClaimSet claims)
    {
        var organization = claims.FindString("organization"u8);
        var account = claims.FindString("sub"u8);
        var workspace = claims.FindString("workspace"u8);
        if (
            federation.Current.FindRule(claims.FindString("rule"u8) ?? "") is not { IsLive: true } rule
            || rule.Rule.OrganizationId != organization
            || rule.Account.Id.Value != account
            || workspace is null
            || !rule.Rule.Covers(workspace)
        )
        {
            return Refuse(TokenErrors.Revoked);
        }

        _ = TryReadTime(claims, "exp"u8, out var expiresAt);
        var ruleVersion = 0L;
        if (claims.TryFind("rule_ver"u8, out var version))
        {
            version.TryReadInteger(out ruleVersion);
        }

        var granted = (claims.FindString("scope"u8) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return AuthenticationResult.Of(
            new Caller
            {
                Kind = CallerKind.AccessToken,
                OrganizationId = organization,
                WorkspaceId = workspace,
                Scopes = granted.Where(rule.Scopes.Contains).ToFrozenSet(StringComparer.Ordinal),
                ActorId = account,
                ExpiresAt = expiresAt,
                CredentialHash = "",
                TokenId = claims.FindString("jti"u8),
                IssuerId = rule.Issuer.Id.Value,
                RuleId = rule.Rule.Id.Value,
                RuleVersion = (int)ruleVersion,
                ServiceAccountId = account,
                TunnelIds = rule.TunnelIds,
                EdgeIds = rule.EdgeIds,
            }
        );
    }

    private static bool TryReadTime(ClaimSet claims, ReadOnlySpan<byte> name, out DateTimeOffset instant)
    {
        instant = default;
        if (!claims.TryFind(name, out var claim) || !claim.TryReadNumericDate(out var seconds))
        {
            return false;
        }

        instant = DateTimeOffset.FromUnixTimeSeconds(seconds);
        return true;
    }

    private static AuthenticationResult Refuse(ErrorCode code) => AuthenticationResult.Refused(code.Refuse());
}
