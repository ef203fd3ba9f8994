using Culvert.Identity.Service.Errors;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Tokens;

/// <summary>The claims of an access token of this service, or why it is not accepted.</summary>
internal readonly record struct AccessTokenVerification
{
    public AccessTokenVerification(in AccessTokenClaims claims, string keyId)
    {
        Claims = claims;
        KeyId = keyId;
    }

    /// <summary>Meaningful only without an <see cref="Error"/>.</summary>
    public AccessTokenClaims Claims { get; }

    public string KeyId { get; } = "";

    public ErrorCode? Error { get; private init; }

    public static implicit operator AccessTokenVerification(ErrorCode error) => new() { Error = error };
}
