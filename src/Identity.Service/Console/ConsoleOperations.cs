using Culvert.Identity.Service.Http;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Console;

internal static class ConsoleOperations
{
    public static readonly Operation Styles = Operation.GetByBrowser(ConsoleAssets.StylesPath);

    public static readonly Operation Icon = Operation.GetByBrowser(ConsoleAssets.IconPath);

    public static readonly Operation SignIn = Operation
        .Post("sign_in", "/v1/sign_in", Http.Access.Anonymous)
        .Describe(
            "Sign in as a person",
            "A person at the command line gets a token with the roles that `sign_in.roles` maps, for 15 minutes. The "
                + "id_token is one of the client `sign_in.command_line_client_id`, at most five minutes old, and good "
                + "for one sign-in. The request needs a DPoP proof (RFC 9449), and the token is bound to its key."
        )
        .Accepts<PersonSignInRequest>()
        .Returns<TokenResponse>();
}
