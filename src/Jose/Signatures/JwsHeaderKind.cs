namespace Culvert.Jose.Signatures;

internal enum JwsHeaderKind
{
    /// <summary>A token: unknown members are ignored (RFC 7515 §4), including those that contain or locate a key.</summary>
    Token,

    /// <summary>
    /// A proof (RFC 9449 §4.2): <c>typ</c>, <c>alg</c> and <c>jwk</c>. Stricter than the RFC: nothing else, because the
    /// specification fixes a proof's whole header.
    /// </summary>
    Proof,
}
