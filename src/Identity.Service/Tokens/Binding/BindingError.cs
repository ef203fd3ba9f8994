namespace Culvert.Identity.Service.Tokens.Binding;

/// <summary>Why a request's proof of possession is refused.</summary>
internal enum BindingError
{
    /// <summary>Not refused.</summary>
    None = 0,

    /// <summary>
    /// The DPoP proof is missing where one is needed, malformed, for another request, too old, or used before
    /// (RFC 9449: <c>invalid_dpop_proof</c>).
    /// </summary>
    InvalidProof,

    /// <summary>The proof names no nonce that this node gave out lately (<c>use_dpop_nonce</c>).</summary>
    NonceRequired,

    /// <summary>So many proofs were used in the last minutes that no further one can be remembered.</summary>
    Busy,
}
