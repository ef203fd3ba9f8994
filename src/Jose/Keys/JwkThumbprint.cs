using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Culvert.Jose.Keys;

/// <summary>RFC 7638: SHA-256 over the required members in lexicographic order, without white space.</summary>
public static class JwkThumbprint
{
    /// <param name="exponent"><c>e</c>, canonical base64url.</param>
    /// <param name="modulus"><c>n</c>, canonical base64url.</param>
    public static string OfRsa(string exponent, string modulus) =>
        Hash($$"""{"e":"{{exponent}}","kty":"RSA","n":"{{modulus}}"}""");

    /// <param name="curve"><c>crv</c>.</param>
    /// <param name="x">Canonical base64url.</param>
    /// <param name="y">Canonical base64url.</param>
    public static string OfEc(string curve, string x, string y) =>
        Hash($$"""{"crv":"{{curve}}","kty":"EC","x":"{{x}}","y":"{{y}}"}""");

    // All values are base64url text or a fixed curve name, so nothing needs escaping.
    private static string Hash(string canonical) =>
        Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(canonical)));
}
