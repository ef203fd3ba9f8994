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
    /// <summary>Whether the organization whose people sign in has one.</summary>
    public bool IsEnabled => options.Value.Enabled && signIn.Value.HasProvider;

    public async ValueTask<bool> IsOfferedAsync(string organizationId, CancellationToken cancellationToken) =>
        IsEnabled && await sessions.OrganizationAsync(cancellationToken) == organizationId;

    public string GetIssuer(string organizationId) => OrganizationIssuer.GetUrl(identity.PublicUrl, organizationId);

    public static string GetPath(string organizationId, string endpoint) =>
        $"{OrganizationIssuer.PathPrefix}{organizationId}/{endpoint}";
}
