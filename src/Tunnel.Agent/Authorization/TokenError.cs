namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>Why a token was refused. The names are logged and never sent to the caller.</summary>
internal enum TokenError
{
    None,

    /// <summary>Not a compact JWS of a JSON object within our limits, or <c>alg</c> is none, symmetric or unknown.</summary>
    Malformed,

    /// <summary>No <c>iss</c>, or not one of the route's issuers.</summary>
    Issuer,

    /// <summary>The issuer's settings do not allow this <c>typ</c>.</summary>
    Type,

    /// <summary>An identity token: it is for a client, about a sign-in, and not for a resource.</summary>
    IdentityToken,

    /// <summary><c>alg</c> is not on the issuer's list or not one of the key's.</summary>
    Algorithm,

    KeyUnknown,

    /// <summary>The issuer's keys cannot be fetched, so the token cannot be judged.</summary>
    KeysUnavailable,

    Signature,

    /// <summary>A required claim is absent or of another type.</summary>
    Claims,

    Expired,

    NotYetValid,

    /// <summary>The identity service revoked the token or what it was granted by, or off-boarded its person (S35).</summary>
    Revoked,

    Audience,

    /// <summary>The token has a binding that the agent does not check, so it is refused.</summary>
    Binding,
}
