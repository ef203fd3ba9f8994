namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>How an assertion is presented; a denial is answered in the same format.</summary>
internal enum ExchangeForm
{
    /// <summary>The compatible interface's JSON body.</summary>
    Json,

    /// <summary>RFC 7523 §2.1: a form with an <c>assertion</c>.</summary>
    JwtBearer,

    /// <summary>RFC 8693 §2.1: a form with a <c>subject_token</c>.</summary>
    TokenExchange,

    /// <summary>RFC 7523 §2.1 at an organization's authorization server, with an <see cref="IdentityAssertion"/>.</summary>
    IdentityAssertion,

    /// <summary>With a signing request: the grant is used directly, and no access token is minted.</summary>
    Certificate,
}
