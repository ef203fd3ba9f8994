namespace Culvert.Identity.Service.Console.SignIn;

/// <summary>The check that an id_token failed: only the log names it, not the answer to the browser.</summary>
internal enum IdTokenError
{
    None,
    Malformed,
    Key,
    Signature,
    Issuer,
    Audience,
    AuthorizedParty,
    Expired,
    IssuedInFuture,
    Nonce,
    Subject,
}
