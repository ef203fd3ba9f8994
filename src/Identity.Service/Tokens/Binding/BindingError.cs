namespace Culvert.Identity.Service.Tokens.Binding;

internal enum BindingError
{
    None = 0,

    /// <summary>
    /// Missing though required, malformed, for another request, too old or used: <c>invalid_dpop_proof</c>.
    /// </summary>
    InvalidProof,

    /// <summary>The proof contains no recent nonce of this node (<c>use_dpop_nonce</c>).</summary>
    NonceRequired,

    /// <summary>So many proofs were used in the last minutes that no further one can be stored.</summary>
    Busy,
}
