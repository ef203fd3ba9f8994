namespace Culvert.Jose.Signatures;

/// <summary>Which header members are allowed.</summary>
internal enum JwsHeaderKind
{
    /// <summary>
    /// A token: members that are not understood are ignored (RFC 7515 §4), those that bring a key or name its place among
    /// them.
    /// </summary>
    Token,

    /// <summary>
    /// A proof (RFC 9449 §4.2): <c>typ</c>, <c>alg</c> and <c>jwk</c>. Stricter than the RFC: nothing else, because a
    /// proof's whole header is fixed by its specification.
    /// </summary>
    Proof,
}
