using System.Buffers.Text;
using Microsoft.IdentityModel.Tokens;

namespace Culvert.Jose.Keys;

/// <summary>
/// The library's <see cref="JsonWebKey"/>, made of members that were checked. It never reads a document itself: it
/// would take the last of two equal members, and the key of an <c>x5c</c> instead of the one in <c>n</c> and <c>e</c>.
/// </summary>
internal static class PublicJwk
{
    /// <param name="modulus"><c>n</c>, canonical base64url.</param>
    /// <param name="exponent"><c>e</c>, canonical base64url.</param>
    public static JsonWebKey Rsa(string modulus, string exponent) =>
        new()
        {
            Kty = JsonWebAlgorithmsKeyTypes.RSA,
            N = modulus,
            E = exponent,
        };

    /// <param name="curve"><c>crv</c>.</param>
    /// <param name="x">Canonical base64url, of the curve's full length.</param>
    /// <param name="y">Canonical base64url, of the curve's full length.</param>
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
    /// The key to verify with; null if the platform refuses it. A point off its curve is refused; these curves have
    /// cofactor 1, so that is the whole check. An RSA key is imported when it is first verified with.
    /// </summary>
    public static SecurityKey? Convert(JsonWebKey key) =>
        JsonWebKeyConverter.TryConvertToSecurityKey(key, out var converted) ? converted : null;
}
