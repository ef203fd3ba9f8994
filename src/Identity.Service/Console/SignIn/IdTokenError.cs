namespace Culvert.Identity.Service.Console.SignIn;

/// <summary>Which check an id_token failed. The log names it; the browser does not learn it.</summary>
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
