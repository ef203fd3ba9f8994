using System.Text;
using Culvert.Identity.Service.Clock;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tokens.Revocations;
using Culvert.Identity.Service.Tokens.SigningKeys;
using Culvert.Jose.Algorithms;
using Culvert.Jose.Refusals;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Tokens;

/// <summary>
/// Verifies that this service issued an access token, for any audience, and that it is still valid: 1. form and type,
/// 2. key and signature, 3. issuer and time (RFC 9068 §4), 4. not revoked. The caller of this class checks audience,
/// rule and binding.
/// </summary>
internal sealed class AccessTokenVerifier(
    SigningKeyRing keys,
    MintedTokens minted,
    RevocationSet revocations,
    ClockGuard clock,
    FederationDirectory federation,
    ServiceIdentity identity,
    Current<FederationOptions> options,
    TimeProvider time
)
{
    private readonly VerifiedTokens verified = new();

    /// <summary>The claims and the <c>kid</c>, or a <c>token.*</c> code.</summary>
    public AccessTokenVerification Verify(string text)
    {
        if (!Ascii.IsValid(text))
        {
            return TokenErrors.Malformed;
        }

        var bytes = Encoding.ASCII.GetBytes(text);
        var digest = VerifiedTokens.Digest(bytes);
        if (
            (verified.Find(digest) ?? minted.Find(digest)) is { } known
            && ReferenceEquals(keys.Current.Find(known.KeyId), known.Key)
        )
        {
            return Check(known.Claims) is { } ended ? ended : new AccessTokenVerification(known.Claims, known.KeyId);
        }

        var parsed = SignedToken.TryParse(bytes, out var token);
        if (parsed is JoseRefusal.AlgorithmMissing or JoseRefusal.AlgorithmUnsupported)
        {
            return TokenErrors.Algorithm;
        }

        if (parsed != JoseRefusal.None || !token!.HasType(AccessTokenMinter.TokenType))
        {
            return TokenErrors.Malformed;
        }

        if (keys.Current.Find(token.KeyId) is not { } key)
        {
            return TokenErrors.KeyUnknown;
        }

        var signature = token.Verify(key, JwsAlgorithms.ES256);
        if (signature != JoseRefusal.None)
        {
            return signature == JoseRefusal.SignatureInvalid ? TokenErrors.Signature : TokenErrors.Algorithm;
        }

        // This service signed it: claims that cannot be read are of another version of the service.
        if (!AccessTokenClaims.TryRead(token.Claims, out var claims))
        {
            return TokenErrors.Malformed;
        }

        if (Check(claims) is { } error)
        {
            return error;
        }

        verified.Add(digest, new VerifiedToken(claims, token.KeyId!, key));
        return new AccessTokenVerification(claims, token.KeyId!);
    }

    /// <summary>The rule of a token, if it still matches: archiving and narrowing take effect at once.</summary>
    public CompiledRule? FindLiveRule(in AccessTokenClaims claims) =>
        federation.Current.FindRule(claims.Rule) is { IsLive: true } rule
        && !rule.Rule.HasExpired(clock.LatestNow())
        && rule.Rule.OrganizationId == claims.Organization
        && rule.Account.Id.Value == claims.Subject
        && claims.Workspace is { } workspace
        && rule.Rule.Covers(workspace)
            ? rule
            : null;

    private ErrorCode? Check(in AccessTokenClaims claims)
    {
        if (claims.Issuer != identity.PublicUrl)
        {
            return TokenErrors.Issuer;
        }

        var now = time.GetUtcNow();
        // Not `now`: an expired token stays expired while the wall clock is behind.
        if (clock.LatestNow() >= DateTimeOffset.FromUnixTimeSeconds(claims.ExpiresAt))
        {
            return TokenErrors.Expired;
        }

        var from = Math.Max(claims.IssuedAt, claims.NotBefore ?? 0);
        if (DateTimeOffset.FromUnixTimeSeconds(from) > now + options.Value.Leeway)
        {
            return TokenErrors.NotYetValid;
        }

        if (keys.IsStale || revocations.IsStale || federation.IsStale)
        {
            // Fails closed: the token, its key or its rule may have been revoked.
            return StorageErrors.Unavailable;
        }

        return revocations.IsRevoked(TokenTraits.From(claims)) ? TokenErrors.Revoked : null;
    }
}
