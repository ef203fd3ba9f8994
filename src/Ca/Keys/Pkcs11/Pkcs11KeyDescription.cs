namespace Culvert.Ca.Keys.Pkcs11;

/// <summary>A key pair of a token, as far as the token tells.</summary>
/// <param name="PublicKey">Its public half; null when the token does not give one that is supported.</param>
/// <param name="PolicyError">Why it must not be an authority's key; null = it may.</param>
public sealed record Pkcs11KeyDescription(SubjectPublicKey? PublicKey, string? PolicyError);
