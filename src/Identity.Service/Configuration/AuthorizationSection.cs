using Culvert.Identity.Service.Authorization;
using Culvert.Identity.Service.Console.SignIn;
using Culvert.Identity.Service.OAuthClients;
using Culvert.Platform.Configuration;

namespace Culvert.Identity.Service.Configuration;

internal static class AuthorizationSection
{
    public static AuthorizationOptions Read(
        ConfigSection authorization,
        SignInOptions signIn,
        DynamicRegistrationOptions registration
    )
    {
        var options = new AuthorizationOptions
        {
            Enabled = authorization.Bool("enabled", false),
            RefreshIdle = authorization.Duration(
                "refresh_idle",
                TimeSpan.FromDays(30),
                TimeSpan.FromMinutes(5),
                AuthorizationOptions.LongestRefresh
            ),
            RefreshLifetime = authorization.Duration(
                "refresh_lifetime",
                TimeSpan.FromDays(90),
                TimeSpan.FromMinutes(5),
                AuthorizationOptions.LongestRefresh
            ),
        };
        if (options.Enabled && !signIn.HasProvider)
        {
            authorization.Error(
                "enabled",
                "People sign in at an identity provider, and the configuration names none.",
                "Set sign_in.issuer, or set authorization.enabled to false."
            );
        }

        if (registration.Enabled && !options.Enabled)
        {
            authorization
                .Section(DynamicRegistrationSection.Key)
                .Error(
                    "enabled",
                    "Clients register at the authorization server, which is not enabled.",
                    "Set authorization.enabled to true, or authorization.dynamic_registration.enabled to false."
                );
        }

        return options;
    }
}
