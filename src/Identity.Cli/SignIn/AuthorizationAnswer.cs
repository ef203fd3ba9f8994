using Duende.IdentityModel;
using Microsoft.AspNetCore.Http;

namespace Culvert.Identity.Cli.SignIn;

/// <summary>The parameters of the browser's redirect (RFC 6749 §4.1.2 and §4.1.2.1, RFC 9207 §2), not verified.</summary>
internal sealed record AuthorizationAnswer
{
    public string? State { get; init; }

    public string? Issuer { get; init; }

    /// <summary>Secret.</summary>
    public string? Code { get; init; }

    public string? Error { get; init; }

    public string? ErrorDescription { get; init; }

    /// <summary>RFC 6749 §3.1: a repeated parameter is invalid, so it is ignored.</summary>
    public static AuthorizationAnswer FromQuery(IQueryCollection query)
    {
        return new()
        {
            State = One(OidcConstants.AuthorizeResponse.State),
            Issuer = One(OidcConstants.AuthorizeResponse.Issuer),
            Code = One(OidcConstants.AuthorizeResponse.Code),
            Error = One(OidcConstants.AuthorizeResponse.Error),
            ErrorDescription = One(OidcConstants.AuthorizeResponse.ErrorDescription),
        };

        string? One(string name) => query[name] is [{ Length: > 0 } value] ? value : null;
    }

    // Never the code.
    public override string ToString() => Error ?? "answer";
}
