using Culvert.Identity.Service.Console.Sessions;
using Culvert.Identity.Service.Console.SignIn;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Tokens;

namespace Culvert.Identity.Service.Authorization;

/// <summary>
/// Which organization has an authorization server: the one whose people sign in at the configured provider, while
/// <c>authorization.enabled</c> is set.
/// </summary>
internal sealed class AuthorizationServer(
    ConsoleSessions sessions,
    ServiceIdentity identity,
    Current<SignInOptions> signIn,
    Current<AuthorizationOptions> options
)
{
    public async ValueTask<bool> IsOfferedAsync(string organizationId, CancellationToken cancellationToken) =>
        options.Value.Enabled
        && signIn.Value.HasProvider
        && await sessions.OrganizationAsync(cancellationToken) == organizationId;

    public string GetIssuer(string organizationId) => OrganizationIssuer.GetUrl(identity.PublicUrl, organizationId);

    public static string GetPath(string organizationId, string endpoint) =>
        $"{OrganizationIssuer.PathPrefix}{organizationId}/{endpoint}";
}
