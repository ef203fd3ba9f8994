using System.Buffers.Text;
using Microsoft.IdentityModel.Tokens;

namespace Culvert.Jose.Keys;

/// <summary>
/// Creates the library's <see cref="JsonWebKey"/> from checked members. The library never reads the document itself, because
/// it would use the last of two equal members, and the key of an <c>x5c</c> instead of <c>n</c> and <c>e</c>.
/// </summary>
internal static class PublicJwk
{
    public static JsonWebKey Rsa(string modulus, string exponent) =>
        new()
        {
            Kty = JsonWebAlgorithmsKeyTypes.RSA,
            N = modulus,
            E = exponent,
        };

    /// <summary><paramref name="x"/> and <paramref name="y"/> have the curve's full length.</summary>
    public static JsonWebKey Ec(EcCurve curve, string x, string y) =>
        new()
        {
            Kty = JsonWebAlgorithmsKeyTypes.EllipticCurve,
            Crv = curve.Name,
            X = x,
            Y = y,
        };

    /// <summary>RFC 7638: SHA-256 over the required members, base64url.</summary>
    public static string Thumbprint(JsonWebKey key) => Base64Url.EncodeToString(key.ComputeJwkThumbprint());

    /// <summary>
    /// Converts to a verification key; null if the platform refuses it. A point off its curve is refused, which is the whole
    /// check, because these curves have cofactor 1. An RSA key is imported at its first use.
    /// </summary>
    public static SecurityKey? Convert(JsonWebKey key) =>
        JsonWebKeyConverter.TryConvertToSecurityKey(key, out var converted) ? converted : null;
}
