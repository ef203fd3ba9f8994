using Culvert.Jose.Keys;

namespace Culvert.Identity.Service.Tokens.SigningKeys;

/// <summary>A key that signs access tokens from some moment on, until its successor takes over.</summary>
internal sealed record TokenSigningKey(SigningKey Key, DateTimeOffset CreatedAt, DateTimeOffset ActiveFrom)
{
    public string KeyId => Key.KeyId;
}
