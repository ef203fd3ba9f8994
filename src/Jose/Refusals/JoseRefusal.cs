namespace Culvert.Jose.Refusals;

/// <summary>
/// Why a token, a key or a key set is refused. Which member was wrong is only for our own logs and histories: a caller
/// learns nothing of it before its signature is verified.
/// </summary>
public enum JoseRefusal
{
    None = 0,

    /// <summary>The token, or one segment of it, is longer than <see cref="JoseLimits"/> allows.</summary>
    TokenTooLarge,

    /// <summary>Not three segments: a JWS in JSON serialisation, a stripped signature, or plain text.</summary>
    SegmentCount,

    /// <summary>Five segments: a JWE (RFC 7516), which is not supported.</summary>
    EncryptedToken,

    /// <summary>A detached payload (RFC 7515 appendix F) or an empty header or signature.</summary>
    SegmentEmpty,

    /// <summary>Not canonical base64url: padding, a foreign character, or non-zero unused bits.</summary>
    EncodingNotCanonical,

    /// <summary>Not UTF-8, or an escape sequence with an unpaired surrogate.</summary>
    TextInvalid,

    /// <summary>Not JSON (RFC 8259): comments, trailing commas, a byte-order mark, or trailing bytes.</summary>
    JsonMalformed,

    NotAnObject,

    TooDeep,

    /// <summary>A duplicate member name in one object, even if one is escaped (RFC 7515 §4).</summary>
    DuplicateMember,

    /// <summary>A member named <c>__proto__</c>, which would change objects of programs that read our records.</summary>
    MemberNameForbidden,

    HeaderMemberType,

    /// <summary>A proof's header has a member other than <c>typ</c>, <c>alg</c> and <c>jwk</c>.</summary>
    HeaderMemberUnknown,

    /// <summary><c>typ</c> is absent or wrong for this kind of token (RFC 8725 §3.11).</summary>
    TypeNotAllowed,

    /// <summary><c>crit</c>: no extension is supported, so every critical one is refused (RFC 7515 §4.1.11).</summary>
    CriticalHeader,

    /// <summary><c>b64</c>: unencoded payloads (RFC 7797) are refused, whatever the value.</summary>
    UnencodedPayload,

    /// <summary><c>zip</c>: compression is not supported.</summary>
    CompressedPayload,

    /// <summary><c>jku</c>, <c>x5u</c> or <c>x5c</c> in a proof, whose key is its <c>jwk</c>.</summary>
    KeyInHeader,

    /// <summary>A proof without the <c>jwk</c> that RFC 9449 §4.2 requires.</summary>
    KeyMissing,

    /// <summary><c>enc</c> or <c>epk</c>, which belong to a JWE. In a proof also <c>cty</c>: a nested token.</summary>
    NestedToken,

    AlgorithmMissing,

    /// <summary><c>alg</c> is not supported; this includes symmetric algorithms and unsigned tokens.</summary>
    AlgorithmUnsupported,

    /// <summary>The algorithm is supported but not on the caller's list.</summary>
    AlgorithmNotAllowed,

    /// <summary>The algorithm does not fit the key that <c>kid</c> names.</summary>
    AlgorithmKeyMismatch,

    KeyIdMissing,

    /// <summary><c>kid</c> is empty or longer than <see cref="JoseLimits.MaxKeyIdLength"/>.</summary>
    KeyIdInvalid,

    KeyUnknown,

    SignatureInvalid,

    ClaimMissing,

    ClaimInvalid,

    /// <summary>A key set is not an object with an array <c>keys</c>.</summary>
    KeySetMalformed,

    /// <summary>A key set larger than <see cref="JoseLimits.MaxKeySetBytes"/> or <see cref="JoseLimits.MaxKeys"/>.</summary>
    KeySetTooLarge,

    /// <summary>A key is not an object, lacks a member, or a member has the wrong type or encoding.</summary>
    KeyMalformed,

    /// <summary><c>kty</c> is <c>oct</c>: symmetric keys are not supported.</summary>
    KeySymmetric,

    /// <summary>A published private key. It is never used; notify its publisher.</summary>
    KeyPrivate,

    /// <summary><c>kty</c> or <c>crv</c> is not RSA, P-256, P-384 or P-521.</summary>
    KeyTypeUnsupported,

    /// <summary><c>use</c> is not <c>sig</c>, or <c>key_ops</c> lacks <c>verify</c>.</summary>
    KeyUse,

    /// <summary>The key's own <c>alg</c> is unsupported or does not fit its type and curve.</summary>
    KeyAlgorithm,

    /// <summary>An RSA modulus below 2048 or above 4096 bits.</summary>
    KeySize,

    /// <summary>An RSA exponent that is even, 1, or above 2^32.</summary>
    KeyExponent,

    /// <summary>An even modulus, or one with the fingerprint of CVE-2017-15361.</summary>
    KeyWeak,

    /// <summary>The point is not on the curve, or a coordinate does not have the full length (RFC 7518 §6.2.1.2).</summary>
    KeyPoint,

    /// <summary>Several keys of the set share this <c>kid</c> and an algorithm; none of them is used.</summary>
    KeyIdDuplicate,
}
