using System.Text;
using Culvert.Identity.Service.Console.SignIn;
using Culvert.Jose.Refusals;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Authorization;

/// <summary>The person of a verified sign-in.</summary>
/// <param name="IssuerUrl">The identity provider.</param>
/// <param name="Claims">The payload of the id_token, JSON.</param>
internal sealed record SignedInPerson(string IssuerUrl, string Subject, string Name, string Claims)
{
    /// <summary>Null if the sign-in failed. It verified the token: this only reads its payload as the rules' conditions do.</summary>
    public static SignedInPerson? Find(ProviderAnswer answer) =>
        answer is { Person: { } person, IdToken: { } idToken }
        && SignedToken.TryParse(Encoding.UTF8.GetBytes(idToken), out var token) == JoseRefusal.None
            ? new SignedInPerson(
                person.Issuer,
                person.Subject,
                person.Name,
                Encoding.UTF8.GetString(token!.Claims.Json.Span)
            )
            : null;

    /// <summary>
    /// When the identity provider issued the id_token; 1970 if it does not say. A person who was off-boarded after it must
    /// not get a grant for it, however long the consent page was open.
    /// </summary>
    /// <param name="now">The latest result, because the clock of the identity provider may be ahead.</param>
    public DateTimeOffset ReadIssuedAt(DateTimeOffset now)
    {
        var issuedAt =
            ClaimSet.TryParse(Encoding.UTF8.GetBytes(Claims), out var claims) == JoseRefusal.None
            && claims!.TryFind("iat"u8, out var iat)
            && iat.TryReadNumericDate(out var seconds)
                ? DateTimeOffset.FromUnixTimeSeconds(seconds)
                : DateTimeOffset.UnixEpoch;
        return issuedAt < now ? issuedAt : now;
    }

    // Claims are personal data.
    public override string ToString() => nameof(SignedInPerson);
}
