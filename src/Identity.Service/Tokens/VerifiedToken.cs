using Culvert.Jose.Keys;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Tokens;

/// <summary>A token of this service that a key has verified, or signed here.</summary>
/// <param name="Claims">As it says.</param>
/// <param name="KeyId"><c>kid</c>.</param>
/// <param name="Key">The very object: another one of that name has to verify the token again.</param>
internal sealed record VerifiedToken(AccessTokenClaims Claims, string KeyId, VerificationKey Key);
