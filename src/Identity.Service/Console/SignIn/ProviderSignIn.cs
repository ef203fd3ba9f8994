using Culvert.Identity.Service.Console.Access;
using Culvert.Identity.Service.Console.Sessions;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Settings;
using Microsoft.AspNetCore.Authentication;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Culvert.Identity.Service.Console.SignIn;

/// <summary>
/// Signs a person in at the identity provider with ASP.NET Core's OpenID Connect handler, and maps its ticket to a person
/// with roles. Only the log names a failed check.
/// </summary>
internal sealed class ProviderSignIn(
    ProviderClient provider,
    ServiceIdentity identity,
    Current<FederationOptions> federationOptions,
    Current<SignInOptions> signIn,
    TimeProvider time,
    ILogger<ProviderSignIn> logger
)
{
    /// <summary>The configuration changed during the sign-in; the next attempt succeeds.</summary>
    public const string Reloaded = "reloaded configuration";

    private const string Silent = "silent";

    private readonly SignInProtocol protocol = new(provider, identity, federationOptions, signIn, time);

    /// <summary>Redirects the browser to the provider; null = done.</summary>
    public async ValueTask<Refusal?> BeginAsync(
        HttpContext http,
        ConsoleCookie browser,
        string next,
        bool isSilent,
        string callbackPath = SignInProtocol.CallbackPath
    )
    {
        var properties = new AuthenticationProperties
        {
            RedirectUri = next,
            ExpiresUtc = time.GetUtcNow() + SignInProtocol.Life,
        };
        if (isSilent)
        {
            properties.Items[Silent] = "1";
            properties.SetParameter(OpenIdConnectParameterNames.Prompt, "none");
        }

        var handler = await ProviderHandler.CreateAsync(http, provider, protocol.CreateOptions(browser, callbackPath));
        try
        {
            handler.LimitAttempts(SignInProtocol.MaxCookies);
            await handler.ChallengeAsync(properties);
        }
        catch (ProviderUnavailableException fault)
        {
            return Unavailable(fault);
        }

        http.Response.StatusCode = StatusCodes.Status303SeeOther;
        return null;
    }

    public async ValueTask<ProviderAnswer> FinishAsync(
        HttpContext http,
        ConsoleCookie browser,
        string callbackPath = SignInProtocol.CallbackPath
    )
    {
        var options = signIn.Value;
        var handler = await ProviderHandler.CreateAsync(http, provider, protocol.CreateOptions(browser, callbackPath));
        var result = await handler.ReadAnswerAsync();
        http.RequestAborted.ThrowIfCancellationRequested();
        var properties = result.Properties;
        if (!ReferenceEquals(options, signIn.Value))
        {
            // Some checks may have used another provider's options.
            return new ProviderAnswer(
                null,
                ToRefusal(new SignInRefusedException(Reloaded)),
                properties?.RedirectUri,
                false
            );
        }

        return new ProviderAnswer(
            result.Principal is { } principal ? PersonMapping.ToPerson(principal, options) : null,
            result.Failure is { } failure ? ToRefusal(failure) : null,
            properties?.RedirectUri,
            properties?.Items.ContainsKey(Silent) ?? false
        )
        {
            IdToken = result.Principal is null ? null : properties?.Items[SignInProtocol.IdToken],
        };
    }

    private Refusal ToRefusal(Exception failure)
    {
        if (failure is ProviderUnavailableException unavailable)
        {
            return Unavailable(unavailable);
        }

        Log.SignInRefused(logger, NameCheck(failure));
        return ConsoleErrors.SignIn.Refuse();
    }

    private Refusal Unavailable(ProviderUnavailableException fault)
    {
        Log.ProviderFailed(logger, fault.Message);
        return ConsoleErrors.Provider.Refuse();
    }

    // By type: the library's messages may contain received data. Any other exception is a programming error.
    public static string NameCheck(Exception failure) =>
        failure switch
        {
            SignInRefusedException refused => refused.Message,
            SecurityTokenInvalidIssuerException => $"id_token: {IdTokenError.Issuer}",
            SecurityTokenInvalidAudienceException => $"id_token: {IdTokenError.Audience}",
            SecurityTokenInvalidLifetimeException => $"id_token: {IdTokenError.Expired}",
            OpenIdConnectProtocolInvalidNonceException => $"id_token: {IdTokenError.Nonce}",
            AuthenticationFailureException => "correlation of the response",
            SecurityTokenException or OpenIdConnectProtocolException or ArgumentException or FormatException =>
                $"id_token: {failure.GetType().Name}",
            _ => throw new InvalidOperationException("The sign-in failed.", failure),
        };
}
