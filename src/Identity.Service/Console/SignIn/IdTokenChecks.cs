using System.Text;
using Culvert.Identity.Service.Hosting;
using Culvert.Jose;
using Culvert.Jose.Keys;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Console.SignIn;

/// <summary>
/// What makes an id_token the provider's word for this sign-in (OpenID Connect Core §3.1.3.7): 1. it is a signed token,
/// 2. by a key of the provider, with an algorithm that is allowed, 3. of this issuer, 4. for this client, 5. valid now,
/// 6. with the nonce of this browser, 7. about somebody.
/// </summary>
internal static class IdTokenChecks
{
    private const int MaxAudiences = 16;
    private const int MaxSubjectLength = 255; // OpenID Connect Core §2

    public static IdTokenFault Check(
        SignedToken token,
        JwkSet keys,
        SignInOptions options,
        string nonce,
        TimeSpan leeway,
        DateTimeOffset now
    )
    {
        var found = token.KeyId is null ? keys.FindOnly(out var key) : keys.Find(token.KeyId, out key);
        if (found != JoseRefusal.None)
        {
            return IdTokenFault.Key;
        }

        if (token.Verify(key!, options.Algorithms) != JoseRefusal.None)
        {
            return IdTokenFault.Signature;
        }

        var claims = token.Claims;
        return claims.FindString("iss"u8) != options.Issuer ? IdTokenFault.Issuer
            : !IsForClient(claims, options.ClientId) ? IdTokenFault.Audience
            : claims.TryFind("azp"u8, out _) && claims.FindString("azp"u8) != options.ClientId
                ? IdTokenFault.AuthorizedParty
            : SecondsOf(claims, "exp"u8) is not { } end || end + leeway <= now ? IdTokenFault.Expired
            : SecondsOf(claims, "iat"u8) is not { } begin || begin - leeway > now ? IdTokenFault.IssuedInFuture
            : claims.FindString("nonce"u8) != nonce ? IdTokenFault.Nonce
            : claims.FindString("sub"u8) is not { Length: > 0 and <= MaxSubjectLength } ? IdTokenFault.Subject
            : IdTokenFault.None;
    }

    // Of several audiences the token must say which one asked for it.
    private static bool IsForClient(ClaimSet claims, string clientId) =>
        claims.TryFind("aud"u8, out var audience)
        && audience.FindInStringList(Encoding.UTF8.GetBytes(clientId), MaxAudiences) == StringListMatch.Found
        && (audience.Kind == ClaimKind.String || claims.FindString("azp"u8) == clientId || IsOnlyOne(claims));

    private static bool IsOnlyOne(ClaimSet claims) => ClaimTexts.Of(claims, "aud").Count == 1;

    private static DateTimeOffset? SecondsOf(ClaimSet claims, ReadOnlySpan<byte> name) =>
        claims.TryFind(name, out var claim) && claim.TryReadNumericDate(out var seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;
}
