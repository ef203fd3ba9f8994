namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>Why a token was not accepted. The names go to the log, never to the caller.</summary>
internal enum TokenError
{
    None,

    /// <summary>Not a compact JWS of a JSON object within our limits, or <c>alg</c> is none, symmetric or unknown.</summary>
    Malformed,

    /// <summary>No <c>iss</c>, or not one of the route's issuers.</summary>
    Issuer,

    /// <summary><c>typ</c> is not one that the issuer's tokens may have.</summary>
    Type,

    /// <summary>An identity token: it speaks to a client about a sign-in, not to a resource.</summary>
    IdentityToken,

    /// <summary><c>alg</c> is not on the issuer's list or not one of the key's.</summary>
    Algorithm,

    /// <summary>The issuer has no such key.</summary>
    KeyUnknown,

    /// <summary>The issuer's keys cannot be had: nothing is known about the token.</summary>
    KeysUnavailable,

    Signature,

    /// <summary>A claim that is needed is absent or of another type.</summary>
    Claims,

    Expired,

    NotYetValid,

    /// <summary>The identity service revoked it, or what it was granted by (S35).</summary>
    Revoked,

    /// <summary>It is for another resource.</summary>
    Audience,

    /// <summary>It is bound in a way that is not checked here, and so cannot be believed.</summary>
    Binding,
}
