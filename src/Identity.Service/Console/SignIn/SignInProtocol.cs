using Culvert.Identity.Service.Console.Sessions;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Settings;
using Culvert.Platform.Configuration;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Culvert.Identity.Service.Console.SignIn;

/// <summary>
/// Signs people in with authorization code and PKCE (RFC 7636). The library handles state, nonce and correlation cookie.
/// Added here: <c>iss</c> (RFC 9207), the state's lifetime by our clock, and limits.
/// </summary>
internal sealed class SignInProtocol(
    ProviderClient provider,
    ServiceIdentity identity,
    Current<FederationOptions> federationOptions,
    Current<SignInOptions> signIn,
    TimeProvider time
)
{
    public const string CallbackPath = ConsoleEndpoints.ProviderPath + "/callback";

    /// <summary>The item of a verified answer's properties that has the id_token; it never leaves the process.</summary>
    public const string IdToken = "id_token";

    /// <summary>The maximum number of the handler's cookies in one browser: two per attempt.</summary>
    public const int MaxCookies = 8;

    /// <summary>The maximum time between the redirect to the provider and its answer.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    private const string CorrelationCookie = "__Host-culvert-correlation.";
    private const string NonceCookie = "__Host-culvert-nonce.";
    private const int MaxCodeLength = 4096;
    private const int MaxErrorLength = 64;

    private readonly IdTokenHandler idTokens = new(
        provider,
        federationOptions,
        signIn,
        options => options.ClientId,
        time
    );

    /// <summary>The options for one request: the browser's own cookie protects state and nonce.</summary>
    /// <param name="callbackPath">Where the provider redirects to; registered there.</param>
    public OpenIdConnectOptions CreateOptions(ConsoleCookie browser, string callbackPath)
    {
        var current = signIn.Value;
        var made = new OpenIdConnectOptions
        {
            ClientId = current.ClientId,
            CallbackPath = callbackPath,
            ResponseType = OpenIdConnectResponseType.Code,
            // With GET, so that the cookies can be SameSite=Lax, and no page of the provider posts to the service.
            ResponseMode = OpenIdConnectResponseMode.Query,
            UsePkce = true,
            PushedAuthorizationBehavior = PushedAuthorizationBehavior.Disable,
            DisableTelemetry = true,
            SaveTokens = false,
            TimeProvider = time,
            RemoteAuthenticationTimeout = Life,
            ConfigurationManager = provider,
            TokenHandler = idTokens,
            StateDataFormat = new PropertiesDataFormat(new BrowserProtector(browser, "state")),
            StringDataFormat = new SecureDataFormat<string>(
                new NonceSerializer(),
                new BrowserProtector(browser, "nonce")
            ),
            Events = new OpenIdConnectEvents
            {
                OnRedirectToIdentityProvider = context =>
                {
                    context.ProtocolMessage.RedirectUri = identity.PublicUrl + callbackPath;
                    return Task.CompletedTask;
                },
                OnMessageReceived = CheckAsync,
                OnTokenValidated = context =>
                {
                    context.Properties!.Items[IdToken] = context.TokenEndpointResponse!.IdToken;
                    return Task.CompletedTask;
                },
            },
            TokenValidationParameters = new TokenValidationParameters
            {
                ValidAudience = current.ClientId,
                IgnoreTrailingSlashWhenValidatingAudience = false,
                LifetimeValidator = IsValidNow,
            },
        };
        made.Scope.Clear();
        foreach (var scope in current.Scopes.Prepend(OpenIdConnectScope.OpenId))
        {
            made.Scope.Add(scope);
        }

        // Roles may be mapped from any claim.
        made.ClaimActions.Clear();
        // The state expires by our clock, and the nonce with it.
        made.ProtocolValidator.RequireTimeStampInNonce = false;
        made.ProtocolValidator.NonceLifetime = Life;
        SetAttributes(made.CorrelationCookie, CorrelationCookie);
        SetAttributes(made.NonceCookie, NonceCookie);
        return made;
    }

    // Like ConsoleCookie: Lax, because the provider's redirect must still send them.
    private static void SetAttributes(CookieBuilder cookie, string name)
    {
        cookie.Name = name;
        cookie.Path = "/";
        cookie.SecurePolicy = CookieSecurePolicy.Always;
        cookie.HttpOnly = true;
        cookie.SameSite = SameSiteMode.Lax;
        cookie.IsEssential = true;
    }

    /// <summary>
    /// Checks before the handler reads the answer: 1. state and its lifetime, 2. unique parameters, 3. iss, 4. error, 5.
    /// code.
    /// </summary>
    private async Task CheckAsync(MessageReceivedContext context)
    {
        if (context.Properties is not { ExpiresUtc: { } end } || end < time.GetUtcNow())
        {
            throw new SignInRefusedException("state");
        }

        // RFC 6749 §3.1: no parameter is repeated.
        var answer = context.Request.Query;
        if (answer.Any(parameter => parameter.Value.Count > 1))
        {
            throw new SignInRefusedException("repeated parameter");
        }

        var configuration = await provider.GetConfigurationAsync(context.HttpContext.RequestAborted);
        var named = answer["iss"].ToString();
        if (
            named != signIn.Value.Issuer
            && (named.Length > 0 || configuration.AuthorizationResponseIssParameterSupported)
        )
        {
            throw new SignInRefusedException("iss of the response");
        }

        if (answer["error"].ToString() is { Length: > 0 } error)
        {
            var shown = error.Length > MaxErrorLength ? error[..MaxErrorLength] : error;
            throw new SignInRefusedException(
                $"the provider said {string.Concat(shown.Where(c => !ConfigText.IsUnprintable(c)))}"
            );
        }

        if (answer["code"].ToString().Length is 0 or > MaxCodeLength)
        {
            throw new SignInRefusedException("code");
        }
    }

    private bool IsValidNow(
        DateTime? notBefore,
        DateTime? expires,
        SecurityToken token,
        TokenValidationParameters parameters
    )
    {
        var now = time.GetUtcNow().UtcDateTime;
        var leeway = federationOptions.Value.Leeway;
        return expires > now - leeway && (notBefore is null || notBefore <= now + leeway);
    }
}
