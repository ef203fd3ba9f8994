using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Http;

/// <summary>Refusals of proofs of possession (RFC 9449, RFC 8705).</summary>
internal static class BindingErrors
{
    public static readonly ErrorCode InvalidProof = new(
        "dpop.invalid_proof",
        400,
        "The DPoP proof is not valid.",
        "It is malformed, for another method or URL, more than a minute off, used before, or sent twice.",
        "Send one fresh proof per request, for exactly this URL, with a correct clock."
    )
    {
        OAuthError = "invalid_dpop_proof",
    };

    public static readonly ErrorCode NonceRequired = new(
        "dpop.use_nonce",
        400,
        "The DPoP proof must name a nonce of this service.",
        "The proof has no nonce, or one that has expired or came from another node.",
        "Send a new proof with the nonce of the response's DPoP-Nonce header."
    )
    {
        OAuthError = "use_dpop_nonce",
    };

    public static readonly ErrorCode ProofRefused = new(
        "token.dpop_proof",
        401,
        "The DPoP proof does not fit the access token or the request.",
        "It is missing, malformed, for another request, key or token, more than a minute off, or used before.",
        "Send Authorization: DPoP with the token and one fresh proof by the key that the token is bound to."
    );

    public static readonly ErrorCode NonceRefused = new(
        "token.dpop_nonce",
        401,
        "The DPoP proof must name a nonce of this service.",
        "The proof has no nonce, or one that has expired or came from another node.",
        "Send a new proof with the nonce of the response's DPoP-Nonce header."
    );

    public static readonly ErrorCode BoundToken = new(
        "token.binding_required",
        401,
        "The access token is bound to a key and was not sent with proof of it.",
        "A DPoP-bound token was sent as a bearer token or API key.",
        "Send Authorization: DPoP with a proof by the key that the token is bound to."
    );

    public static readonly ErrorCode UnboundToken = new(
        "token.not_bound",
        401,
        "The access token is not bound to a DPoP key.",
        "A bearer token was sent with the DPoP scheme.",
        "Send it as a bearer token, or obtain a bound one by a proof at the token endpoint."
    );

    public static readonly ErrorCode Certificate = new(
        "token.certificate",
        401,
        "The access token is bound to another client certificate.",
        "The connection was made without a client certificate, or with another certificate than the token exchange.",
        "Connect with the certificate that the token was obtained with."
    );

    public static readonly ErrorCode Busy = new(
        "dpop.busy",
        503,
        "Too many DPoP proofs at the moment.",
        "So many proofs were used in the last two minutes that this node can remember no further one.",
        "Retry after the time in retry-after; use more nodes if it lasts."
    );
}
