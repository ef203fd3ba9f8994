using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tokens.Metadata;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Exchange;

internal static class ExchangeOperations
{
    public static readonly Operation Exchange = Operation
        .Post("exchange_token", MetadataEndpoints.TokenPath, Access.AnonymousOAuth)
        .Describe(
            "Exchange an identity token for an access token",
            "The service checks the assertion against the issuer and the federation rule that it names and returns an "
                + "access token with the scopes of the rule. All denials are identical for the caller; the reason is "
                + "in the authentication history. The body is JSON, or a form of RFC 7523 (jwt- bearer) or RFC 8693 "
                + "(token exchange)."
        )
        .AcceptsJsonOrForm<TokenRequest>()
        .Returns<AccessTokenDocument>();

    public static readonly Operation GetErrorPage = Operation
        .Get("get_oauth_error_page", $"{OAuthErrorBody.PagesPath}/{{error}}", Access.Anonymous)
        .Describe(
            "Get the meaning of an OAuth error",
            "The page that error_uri of an OAuth error points to: plain text with the meaning, the usual cause and "
                + "the next step."
        )
        .Returns<string>("text/plain");
}
