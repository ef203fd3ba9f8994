namespace Culvert.Identity.Service.Tokens.Binding;

/// <summary>Why the proof of possession (DPoP, RFC 9449) of a request was refused.</summary>
internal enum BindingError
{
    None = 0,

    /// <summary>
    /// A required proof is missing, or the proof is malformed, for another request, too old, from the future, or was
    /// used before (<c>invalid_dpop_proof</c>).
    /// </summary>
    InvalidProof,

    /// <summary>The proof contains no recent nonce of this node (<c>use_dpop_nonce</c>).</summary>
    NonceRequired,

    /// <summary>The store of used proofs is full, so a second use of this proof could not be detected.</summary>
    Busy,
}
