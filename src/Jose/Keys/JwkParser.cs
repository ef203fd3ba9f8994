using System.Security.Cryptography;
using System.Text.Json;
using Culvert.Jose.Json;
using Culvert.Jose.Signatures;

namespace Culvert.Jose.Keys;

/// <summary>One public JWK (RFC 7517 §4, RFC 7518 §6) to an imported key, or the reason why not.</summary>
internal static class JwkParser
{
    private static readonly string[] PrivateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

    /// <summary>
    /// A key that stands alone, as in a proof's header: an object that <see cref="StrictObjectReader"/> has read.
    /// </summary>
    public static JoseRefusal TryParse(ReadOnlySpan<byte> json, out VerificationKey? key)
    {
        var reader = new Utf8JsonReader(json);
        using var document = JsonDocument.ParseValue(ref reader);
        return TryParse(document.RootElement, keyId: null, isUsedNow: true, out key);
    }

    /// <param name="jwk">Any value.</param>
    /// <param name="keyId">Its <c>kid</c>, checked.</param>
    /// <param name="isUsedNow">Whether a signature is about to be verified with it; most keys of a set never are.</param>
    /// <param name="key">The key, if the result is <see cref="JoseRefusal.None"/>.</param>
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

        return type == "RSA" ? ParseRsa(jwk, keyId, isUsedNow, out key) : ParseEc(jwk, keyId, isUsedNow, out key);
    }

    private static JoseRefusal ParseRsa(JsonElement jwk, string? keyId, bool isUsedNow, out VerificationKey? key)
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

        if (
            ImportedOnce<RSA>.Of(
                () => RSA.Create(new RSAParameters { Modulus = modulus, Exponent = exponent }),
                isUsedNow
            )
            is not { } imported
        )
        {
            return JoseRefusal.KeyMalformed;
        }

        key = new RsaVerificationKey(
            keyId,
            algorithms,
            imported,
            RsaKeyPolicy.BitLength(modulus),
            JwkThumbprint.OfRsa(exponentText, modulusText)
        );
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

        // The import refuses points off the curve; these curves have cofactor 1, so that is the whole check.
        var parameters = new ECParameters
        {
            Curve = curve.Curve,
            Q = new ECPoint { X = x, Y = y },
        };
        if (ImportedOnce<ECDsa>.Of(() => ECDsa.Create(parameters), isUsedNow) is not { } imported)
        {
            return JoseRefusal.KeyPoint;
        }

        key = new EcVerificationKey(
            keyId,
            algorithms,
            imported,
            curve.CoordinateBytes,
            JwkThumbprint.OfEc(curveName, xText, yText)
        );
        return JoseRefusal.None;
    }

    /// <summary>RFC 7517 §4.2, §4.3. Stricter: members of another type than the RFC's make the key unusable.</summary>
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
