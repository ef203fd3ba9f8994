namespace Culvert.Identity.Service.Tokens.Binding;

/// <summary>A proven key or certificate of the client, or none. <c>default</c> is none.</summary>
/// <param name="Thumbprint">Base64url SHA-256: of the JWK (RFC 7638) or of the certificate's DER. Empty for none.</param>
internal readonly record struct TokenBinding(BindingKind Kind, string Thumbprint)
{
    public static TokenBinding None => default;

    public bool IsBound => Kind != BindingKind.None;

    public static TokenBinding Dpop(string jwkThumbprint) => new(BindingKind.Dpop, jwkThumbprint);

    public static TokenBinding Certificate(string thumbprint) => new(BindingKind.Certificate, thumbprint);
}
