using Culvert.Jose.Keys;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Tokens;

/// <summary>A token of this service that was verified or signed with a key.</summary>
/// <param name="Key">This very object: with another object of that name the token has to be verified again.</param>
internal sealed record VerifiedToken(AccessTokenClaims Claims, string KeyId, VerificationKey Key);
