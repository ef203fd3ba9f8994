namespace Culvert.Jose.Refusals;

/// <summary>
/// Why a token, a key or a key set is refused: closed, so that each caller maps every case. Which member of the
/// input was wrong is for logs and histories on our side; a caller whose signature has not been proved learns
/// none of it.
/// </summary>
public enum JoseRefusal
{
    /// <summary>Not refused.</summary>
    None = 0,

    /// <summary>The token, or one segment of it, is longer than <see cref="JoseLimits"/> allows.</summary>
    TokenTooLarge,

    /// <summary>Not three segments: a JWS in JSON serialisation, a stripped signature, or plain text.</summary>
    SegmentCount,

    /// <summary>Five segments: a JWE (RFC 7516). No decryption exists here.</summary>
    EncryptedToken,

    /// <summary>A detached payload (RFC 7515 appendix F) or an empty header or signature.</summary>
    SegmentEmpty,

    /// <summary>Not canonical base64url: padding, a foreign character, or bits left over at the end.</summary>
    EncodingNotCanonical,

    /// <summary>Not UTF-8, or an escape sequence that names half a surrogate pair.</summary>
    TextInvalid,

    /// <summary>Not JSON as RFC 8259 has it: comments, trailing commas, a byte order mark, trailing bytes.</summary>
    JsonMalformed,

    /// <summary>JSON, but not an object.</summary>
    NotAnObject,

    /// <summary>Objects or arrays nested deeper than <see cref="JoseLimits.MaxDepth"/>.</summary>
    TooDeep,

    /// <summary>A member name twice in one object, also when one of them is escaped (RFC 7515 §4).</summary>
    DuplicateMember,

    /// <summary>A member named <c>__proto__</c>, which changes objects of some readers of our records.</summary>
    MemberNameForbidden,

    /// <summary>A header member has a type it may not have.</summary>
    HeaderMemberType,

    /// <summary>A proof's header has another member than <c>typ</c>, <c>alg</c> and <c>jwk</c>.</summary>
    HeaderMemberUnknown,

    /// <summary><c>typ</c> is absent or not what this kind of token must say (RFC 8725 §3.11).</summary>
    TypeNotAllowed,

    /// <summary><c>crit</c>: no extension is supported, so every critical one must be refused (RFC 7515 §4.1.11).</summary>
    CriticalHeader,

    /// <summary><c>b64</c>: unencoded payloads (RFC 7797) are refused, whatever the value.</summary>
    UnencodedPayload,

    /// <summary><c>zip</c>: nothing is decompressed.</summary>
    CompressedPayload,

    /// <summary><c>jku</c>, <c>x5u</c> or <c>x5c</c> in a proof, whose key is its <c>jwk</c>.</summary>
    KeyInHeader,

    /// <summary>A proof without the <c>jwk</c> that RFC 9449 §4.2 requires.</summary>
    KeyMissing,

    /// <summary><c>enc</c> or <c>epk</c>: a JWE in disguise. In a proof also <c>cty</c>: a token inside a token.</summary>
    NestedToken,

    /// <summary><c>alg</c> is absent.</summary>
    AlgorithmMissing,

    /// <summary><c>alg</c> names nothing that exists here (all symmetric algorithms and unsigned tokens among them).</summary>
    AlgorithmUnsupported,

    /// <summary>The algorithm is supported but not on the caller's list.</summary>
    AlgorithmNotAllowed,

    /// <summary>The algorithm does not belong to the key that <c>kid</c> names.</summary>
    AlgorithmKeyMismatch,

    /// <summary><c>kid</c> is absent.</summary>
    KeyIdMissing,

    /// <summary><c>kid</c> is empty or longer than <see cref="JoseLimits.MaxKeyIdLength"/>.</summary>
    KeyIdInvalid,

    /// <summary>No usable key has this <c>kid</c>.</summary>
    KeyUnknown,

    /// <summary>The signature does not verify.</summary>
    SignatureInvalid,

    /// <summary>A claim that this kind of token must have is absent.</summary>
    ClaimMissing,

    /// <summary>A claim has a type, length or value that this kind of token may not have.</summary>
    ClaimInvalid,

    /// <summary>A key set is not an object with an array <c>keys</c>, or exceeds a limit.</summary>
    KeySetMalformed,

    /// <summary>A key set larger than <see cref="JoseLimits.MaxKeySetBytes"/> or <see cref="JoseLimits.MaxKeys"/>.</summary>
    KeySetTooLarge,

    /// <summary>A key is not an object, lacks a member, or a member has the wrong type or encoding.</summary>
    KeyMalformed,

    /// <summary><c>kty</c> <c>oct</c>: a symmetric key verifies nothing here.</summary>
    KeySymmetric,

    /// <summary>A private key was published. It is never used, and its publisher should be notified.</summary>
    KeyPrivate,

    /// <summary><c>kty</c> or <c>crv</c> is not RSA, P-256, P-384 or P-521.</summary>
    KeyTypeUnsupported,

    /// <summary><c>use</c> is not <c>sig</c>, or <c>key_ops</c> lacks <c>verify</c>.</summary>
    KeyUse,

    /// <summary>The key's own <c>alg</c> is unsupported or does not fit its type and curve.</summary>
    KeyAlgorithm,

    /// <summary>An RSA modulus below 2048 or above 4096 bits.</summary>
    KeySize,

    /// <summary>An RSA exponent that is even, one, or above 2^32.</summary>
    KeyExponent,

    /// <summary>An even modulus, or one with the fingerprint of CVE-2017-15361.</summary>
    KeyWeak,

    /// <summary>The point is not on the curve, or a coordinate has not the curve's full length (RFC 7518 §6.2.1.2).</summary>
    KeyPoint,

    /// <summary>Several keys of the set have this <c>kid</c> and an algorithm in common; none of them is used.</summary>
    KeyIdDuplicate,
}
