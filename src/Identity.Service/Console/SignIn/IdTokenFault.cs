namespace Culvert.Identity.Service.Console.SignIn;

/// <summary>Which check an id_token failed; named in the log, never told to the browser.</summary>
internal enum IdTokenFault
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
