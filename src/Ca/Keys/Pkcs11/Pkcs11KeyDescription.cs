namespace Culvert.Ca.Keys.Pkcs11;

/// <summary>A key pair of a token, as far as the token reveals it.</summary>
/// <param name="PublicKey">The public half; null when the token does not return a supported one.</param>
/// <param name="PolicyError">Why the key must not be an authority's key; null = it may.</param>
public sealed record Pkcs11KeyDescription(SubjectPublicKey? PublicKey, string? PolicyError);
