using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Culvert.Jose.Refusals;
using Culvert.Jose.Tokens;
using Culvert.Platform.Issuers;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>
/// Validates access tokens for one route (RFC 9068 §4): 1. form, 2. issuer, 3. <c>typ</c>, 4. key and algorithm, 5.
/// signature, 6. times, 7. revocation, 8. audience, 9. subject and binding. Results are not cached: each request is
/// validated (A12).
/// </summary>
internal sealed class TokenValidator(
    IReadOnlyList<IssuerKeyCache> issuers,
    TimeProvider time,
    bool needsGroups = false,
    bool needsClaims = false
)
{
    public async ValueTask<TokenVerdict> ValidateAsync(
        string text,
        IReadOnlyList<byte[]> audiences,
        CancellationToken cancellationToken
    )
    {
        if (text.Length > JoseLimits.MaxTokenBytes)
        {
            return TokenVerdict.Refused(TokenError.Malformed, nameof(JoseRefusal.TokenTooLarge));
        }

        var refusal = SignedToken.TryParse(Encoding.Latin1.GetBytes(text), out var token);
        if (refusal != JoseRefusal.None)
        {
            return TokenVerdict.Refused(TokenError.Malformed, refusal.ToString());
        }

        var claims = token!.Claims;
        var name = claims.FindString("iss"u8);
        var keys = issuers.FirstOrDefault(i => string.Equals(i.Url, name, StringComparison.Ordinal));
        if (keys is null)
        {
            // The token may be one of the service, whose issuer only a feed names.
            return TokenVerdict.Refused(
                issuers.Any(i => i.Url.Length == 0) ? TokenError.KeysUnavailable : TokenError.Issuer
            );
        }

        var issuer = keys.Issuer;
        if (CheckType(token, issuer) is var type && type != TokenError.None)
        {
            return TokenVerdict.Refused(type);
        }

        var verdict = await VerifyAsync(token, keys, cancellationToken);
        var endsAt = default(DateTimeOffset);
        verdict = verdict.Error == TokenError.None ? CheckTimes(claims, issuer.Leeway, out endsAt) : verdict;
        verdict = verdict.Error == TokenError.None ? CheckRevocation(claims, keys) : verdict;
        verdict = verdict.Error == TokenError.None ? CheckAudience(claims, audiences) : verdict;
        return verdict.Error == TokenError.None ? ReadPrincipal(claims, issuer, name!, endsAt) : verdict;
    }

    // RFC 9068 §4 and RFC 8725 §3.11. Where an operator allows plain JWTs, an identity token is recognised by the claims
    // that only such tokens have (OpenID Connect Core 1.0 §§2, 3.1.3.6, 3.3.2.11; Keycloak has the token's kind in the
    // claims).
    private static TokenError CheckType(SignedToken token, IssuerSettings issuer)
    {
        var type = token.Type ?? "JWT";
        if (!issuer.Types.Any(allowed => SameType(type, allowed)))
        {
            return TokenError.Type;
        }

        var claims = token.Claims;
        return
            claims.TryFind("nonce"u8, out _)
            || claims.TryFind("at_hash"u8, out _)
            || claims.TryFind("c_hash"u8, out _)
            || (claims.TryFind("typ"u8, out var kind) && kind.StringEquals("ID"u8))
            ? TokenError.IdentityToken
            : TokenError.None;
    }

    // RFC 7515 §4.1.9
    private static bool SameType(string actual, string allowed) =>
        string.Equals(Bare(actual), Bare(allowed), StringComparison.OrdinalIgnoreCase);

    private static string Bare(string type) =>
        type.StartsWith("application/", StringComparison.OrdinalIgnoreCase) ? type["application/".Length..] : type;

    private static async ValueTask<TokenVerdict> VerifyAsync(
        SignedToken token,
        IssuerKeyCache keys,
        CancellationToken cancellationToken
    )
    {
        if (keys.IsOutdated)
        {
            return TokenVerdict.Refused(TokenError.KeysUnavailable);
        }

        var found = await keys.FindAsync(token.KeyId, token.Algorithm, cancellationToken);
        if (found.Key is not { } key)
        {
            return found.Outcome == KeyLookupOutcome.Unavailable
                ? TokenVerdict.Refused(TokenError.KeysUnavailable)
                : TokenVerdict.Refused(TokenError.KeyUnknown, found.Refusal.ToString());
        }

        var allowed = keys.Issuer.Algorithms;
        var refusal = token.Verify(key, allowed);
        if (
            refusal == JoseRefusal.SignatureInvalid
            && await keys.ReplacementAsync(key, token.Algorithm, cancellationToken) is { } replacement
        )
        {
            key = replacement;
            refusal = token.Verify(key, allowed);
        }

        if (refusal == JoseRefusal.None)
        {
            keys.MarkProven(key);
            return TokenVerdict.Passed;
        }

        return refusal is JoseRefusal.AlgorithmNotAllowed or JoseRefusal.AlgorithmKeyMismatch
            ? TokenVerdict.Refused(TokenError.Algorithm, refusal.ToString())
            : TokenVerdict.Refused(TokenError.Signature);
    }

    private TokenVerdict CheckTimes(ClaimSet claims, TimeSpan leeway, out DateTimeOffset endsAt)
    {
        endsAt = default;
        if (!claims.TryFind("exp"u8, out var exp) || !exp.TryReadNumericDate(out var expires))
        {
            return TokenVerdict.Refused(TokenError.Claims, "exp");
        }

        var now = time.GetUtcNow();
        var end = DateTimeOffset.FromUnixTimeSeconds(expires);
        endsAt = DateTimeOffset.MaxValue - end > leeway ? end + leeway : DateTimeOffset.MaxValue;
        if (now >= endsAt)
        {
            return TokenVerdict.Refused(TokenError.Expired);
        }

        if (claims.TryFind("nbf"u8, out var nbf))
        {
            if (!nbf.TryReadNumericDateRoundedUp(out var from))
            {
                return TokenVerdict.Refused(TokenError.Claims, "nbf");
            }

            if (DateTimeOffset.FromUnixTimeSeconds(from) > now + leeway)
            {
                return TokenVerdict.Refused(TokenError.NotYetValid);
            }
        }

        return TokenVerdict.Passed;
    }

    // S35
    private static TokenVerdict CheckRevocation(ClaimSet claims, IssuerKeyCache keys) =>
        RevocationState.FindError(claims, keys.Revoked, keys.OffBoarded) switch
        {
            TokenError.None => TokenVerdict.Passed,
            TokenError.Claims => TokenVerdict.Refused(TokenError.Claims, "of the identity service"),
            var error => TokenVerdict.Refused(error),
        };

    private static TokenVerdict CheckAudience(ClaimSet claims, IReadOnlyList<byte[]> audiences)
    {
        if (!claims.TryFind("aud"u8, out var aud))
        {
            return TokenVerdict.Refused(TokenError.Audience);
        }

        var found = false;
        foreach (var audience in audiences)
        {
            switch (aud.FindInStringList(audience))
            {
                case StringListMatch.Found:
                    found = true;
                    break;
                case StringListMatch.Malformed:
                    return TokenVerdict.Refused(TokenError.Claims, "aud");
            }
        }

        return found ? TokenVerdict.Passed : TokenVerdict.Refused(TokenError.Audience);
    }

    private TokenVerdict ReadPrincipal(ClaimSet claims, IssuerSettings issuer, string issuerUrl, DateTimeOffset endsAt)
    {
        if (claims.FindString("sub"u8) is not { Length: > 0 } subject)
        {
            return TokenVerdict.Refused(TokenError.Claims, "sub");
        }

        if (ReadScopes(claims) is not { } scopes)
        {
            return TokenVerdict.Refused(TokenError.Claims, "scope");
        }

        if (ReadGroups(claims) is not { } groups)
        {
            return TokenVerdict.Refused(TokenError.Claims, "groups");
        }

        string? thumbprint = null;
        if (claims.TryFind("cnf"u8, out _))
        {
            // RFC 7800 §3.1: a token with an unknown binding must not count as unbound.
            var confirmation = claims.FindObject("cnf"u8);
            thumbprint = confirmation?.FindString("jkt"u8);
            if (thumbprint is null || confirmation!.Count != 1)
            {
                return TokenVerdict.Refused(TokenError.Binding);
            }
        }

        var clientId = claims.FindString("client_id"u8) ?? claims.FindString("azp"u8) ?? "";
        return new TokenVerdict(
            new Principal
            {
                Issuer = issuerUrl,
                Subject = subject,
                ClientId = clientId,
                Scopes = scopes,
                Groups = groups,
                Claims = needsClaims ? ReadClaims(claims, issuer, subject, clientId) : PrincipalClaims.None,
                EndsAt = endsAt,
                KeyThumbprint = thumbprint,
            },
            TokenError.None
        );
    }

    private static PrincipalClaims ReadClaims(ClaimSet claims, IssuerSettings issuer, string subject, string clientId)
    {
        var found = new List<KeyValuePair<string, ClaimValue>>();
        foreach (var name in issuer.Claims)
        {
            if (claims.TryFind(Encoding.UTF8.GetBytes(name), out var claim) && ClaimValue.Read(claim.Raw) is { } value)
            {
                found.Add(new(name, value));
            }
        }

        return PrincipalClaims.Create(subject, clientId, found);
    }

    // RFC 9068 §2.2.3 defines scope, separated by spaces; some issuers write scp, and some of those a list.
    private static HashSet<string>? ReadScopes(ClaimSet claims)
    {
        var scopes = new HashSet<string>(StringComparer.Ordinal);
        if (claims.TryFind("scope"u8, out var claim) || claims.TryFind("scp"u8, out claim))
        {
            if (claim.ReadString() is { } text)
            {
                scopes.UnionWith(text.Split(' ', StringSplitOptions.RemoveEmptyEntries));
            }
            else if (claim.Kind == ClaimKind.Array)
            {
                var reader = new Utf8JsonReader(claim.Raw);
                reader.Read();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    if (reader.TokenType != JsonTokenType.String)
                    {
                        return null;
                    }

                    scopes.Add(reader.GetString()!);
                }
            }
            else
            {
                return null;
            }
        }

        return scopes;
    }

    // A rule that denies a group must not miss it: a malformed claim, or one that is elsewhere (OpenID Connect Core 1.0
    // §5.6.2, as Entra does with many groups), makes the token refused.
    private ImmutableArray<string>? ReadGroups(ClaimSet claims)
    {
        if (!needsGroups)
        {
            return [];
        }

        if (!claims.TryFind("groups"u8, out var claim))
        {
            return claims.FindObject("_claim_names"u8)?.TryFind("groups"u8, out _) == true ? null : [];
        }

        if (claim.ReadString() is { } single)
        {
            return [single];
        }

        if (claim.Kind != ClaimKind.Array)
        {
            return null;
        }

        var groups = ImmutableArray.CreateBuilder<string>();
        var reader = new Utf8JsonReader(claim.Raw);
        reader.Read();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.String)
            {
                return null;
            }

            groups.Add(reader.GetString()!);
        }

        return groups.ToImmutable();
    }
}
