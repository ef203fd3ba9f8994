using Culvert.Jose.Keys;

namespace Culvert.Identity.Service.Tokens.SigningKeys;

/// <summary>A key that signs access tokens from some moment on, until its successor takes over.</summary>
/// <param name="Generation">
/// Counts all keys ever created; unique in the store, so that only one of several nodes creates the next.
/// </param>
internal sealed record TokenSigningKey(
    SigningKey Key,
    DateTimeOffset CreatedAt,
    DateTimeOffset ActiveFrom,
    long Generation
)
{
    public string KeyId => Key.KeyId;

    public KeyCustody Custody { get; init; } = KeyCustody.Sealed;

    /// <summary>In the HSM: the key's label.</summary>
    public string? Label { get; init; }
}
