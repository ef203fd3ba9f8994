namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>The three shapes of a request to the token endpoint; a denial is answered in the request's own.</summary>
internal enum ExchangeForm
{
    /// <summary>The compatible interface's JSON body.</summary>
    Json,

    /// <summary>RFC 7523 §2.1: a form with an <c>assertion</c>.</summary>
    JwtBearer,

    /// <summary>RFC 8693 §2.1: a form with a <c>subject_token</c>.</summary>
    TokenExchange,
}
