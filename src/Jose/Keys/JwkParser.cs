using System.Text.Json;
using Culvert.Jose.Algorithms;
using Culvert.Jose.Base64;
using Culvert.Jose.Json;
using Culvert.Jose.Refusals;
using Microsoft.IdentityModel.Tokens;

namespace Culvert.Jose.Keys;

/// <summary>
/// Converts one public JWK (RFC 7517 §4, RFC 7518 §6) to a key, or returns why not. Checks what the library would tolerate:
/// repeated and private members, encodings, sizes, an algorithm of another key type.
/// </summary>
internal static class JwkParser
{
    private static readonly string[] PrivateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

    /// <summary>Parses a single key, as in a proof's header, with <see cref="StrictObjectReader"/>.</summary>
    public static JoseRefusal TryParse(ReadOnlySpan<byte> json, out VerificationKey? key)
    {
        var reader = new Utf8JsonReader(json);
        using var document = JsonDocument.ParseValue(ref reader);
        return TryParse(document.RootElement, keyId: null, isUsedNow: true, out key);
    }

    /// <param name="keyId">The key's <c>kid</c>, already checked.</param>
    /// <param name="isUsedNow">Whether a signature is about to be verified with it; most keys of a set are never
    /// used.</param>
    public static JoseRefusal TryParse(JsonElement jwk, string? keyId, bool isUsedNow, out VerificationKey? key)
    {
        key = null;
        var type = Text(jwk, "kty");
        if (type == "oct")
        {
            return JoseRefusal.KeySymmetric;
        }

        if (type is not ("RSA" or "EC"))
        {
            return type is null ? JoseRefusal.KeyMalformed : JoseRefusal.KeyTypeUnsupported;
        }

        if (PrivateMembers.Any(name => jwk.TryGetProperty(name, out _)))
        {
            return JoseRefusal.KeyPrivate;
        }

        if (!IsForVerifying(jwk))
        {
            return JoseRefusal.KeyUse;
        }

        return type == "RSA" ? ParseRsa(jwk, keyId, out key) : ParseEc(jwk, keyId, isUsedNow, out key);
    }

    /// <summary>The member that identifies the public key, as written; null if it is missing.</summary>
    public static string? FindMaterial(JsonElement jwk) => Text(jwk, "n") ?? Text(jwk, "x");

    private static JoseRefusal ParseRsa(JsonElement jwk, string? keyId, out VerificationKey? key)
    {
        key = null;
        if (
            Text(jwk, "n") is not { } modulusText
            || Text(jwk, "e") is not { } exponentText
            || CanonicalBase64Url.Decode(modulusText) is not { } modulus
            || CanonicalBase64Url.Decode(exponentText) is not { } exponent
        )
        {
            return JoseRefusal.KeyMalformed;
        }

        var refusal = RsaKeyPolicy.Check(modulus, exponent);
        if (refusal != JoseRefusal.None)
        {
            return refusal;
        }

        var algorithms = Narrow(jwk, JwsAlgorithms.Rsa);
        if (algorithms == JwsAlgorithms.Empty)
        {
            return JoseRefusal.KeyAlgorithm;
        }

        var publicKey = PublicJwk.Rsa(modulusText, exponentText);
        if (PublicJwk.Convert(publicKey) is not { } converted)
        {
            return JoseRefusal.KeyMalformed;
        }

        key = new VerificationKey(keyId, algorithms, PublicJwk.Thumbprint(publicKey), modulus.Length, () => converted);
        return JoseRefusal.None;
    }

    private static JoseRefusal ParseEc(JsonElement jwk, string? keyId, bool isUsedNow, out VerificationKey? key)
    {
        key = null;
        if (Text(jwk, "crv") is not { } curveName)
        {
            return JoseRefusal.KeyMalformed;
        }

        if (EcCurve.Find(curveName) is not { } curve)
        {
            return JoseRefusal.KeyTypeUnsupported;
        }

        if (
            Text(jwk, "x") is not { } xText
            || Text(jwk, "y") is not { } yText
            || CanonicalBase64Url.Decode(xText) is not { } x
            || CanonicalBase64Url.Decode(yText) is not { } y
        )
        {
            return JoseRefusal.KeyMalformed;
        }

        var algorithms = Narrow(jwk, curve.Algorithm.AsSet());
        if (algorithms == JwsAlgorithms.Empty)
        {
            return JoseRefusal.KeyAlgorithm;
        }

        if (x.Length != curve.CoordinateBytes || y.Length != curve.CoordinateBytes)
        {
            return JoseRefusal.KeyPoint;
        }

        var publicKey = PublicJwk.Ec(curve, xText, yText);
        if (PublicJwk.Convert(publicKey) is not ECDsaSecurityKey converted)
        {
            return JoseRefusal.KeyPoint;
        }

        Func<SecurityKey> import = isUsedNow ? () => converted : ReleaseAndImportLater(converted, curve, xText, yText);
        key = new VerificationKey(keyId, algorithms, PublicJwk.Thumbprint(publicKey), curve.SignatureBytes, import);
        return JoseRefusal.None;
    }

    /// <summary>The library imports EC keys at once. This import only checks the point; first use imports again.</summary>
    private static Func<SecurityKey> ReleaseAndImportLater(ECDsaSecurityKey imported, EcCurve curve, string x, string y)
    {
        imported.ECDsa.Dispose();
        return ImportLater(curve, x, y);
    }

    private static Func<SecurityKey> ImportLater(EcCurve curve, string x, string y) =>
        () => PublicJwk.Convert(PublicJwk.Ec(curve, x, y))!;

    /// <summary>RFC 7517 §4.2, §4.3. Stricter: members of the wrong type make the key unusable.</summary>
    private static bool IsForVerifying(JsonElement jwk)
    {
        if (
            jwk.TryGetProperty("use", out var use) && !(use.ValueKind == JsonValueKind.String && use.ValueEquals("sig"))
        )
        {
            return false;
        }

        return !jwk.TryGetProperty("key_ops", out var operations)
            || (
                operations.ValueKind == JsonValueKind.Array
                && operations.EnumerateArray().Any(o => o.ValueKind == JsonValueKind.String && o.ValueEquals("verify"))
            );
    }

    private static JwsAlgorithms Narrow(JsonElement jwk, JwsAlgorithms possible)
    {
        if (!jwk.TryGetProperty("alg", out var named))
        {
            return possible;
        }

        return
            named.ValueKind == JsonValueKind.String
            && JwsAlgorithmExtensions.TryParse(named.GetString(), out var algorithm)
            ? possible & algorithm.AsSet()
            : JwsAlgorithms.Empty;
    }

    private static string? Text(JsonElement jwk, string name) =>
        jwk.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
