using System.Security.Claims;
using Culvert.Identity.Service.Console.Access;
using Culvert.Identity.Service.Console.Sessions;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Settings;
using Culvert.Platform.Configuration;
using Microsoft.AspNetCore.Authentication;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Culvert.Identity.Service.Console.SignIn;

/// <summary>
/// Signs a person in at the identity provider by ASP.NET Core's OpenID Connect handler, and turns its ticket into a person
/// with roles. The log alone names the check that failed.
/// </summary>
internal sealed class ProviderSignIn(
    ProviderClient provider,
    ServiceIdentity identity,
    FederationOptions federationOptions,
    SignInOptions signIn,
    TimeProvider time,
    ILogger<ProviderSignIn> logger
)
{
    private const string Silent = "silent";
    private const int MaxNameLength = 100;

    private readonly SignInProtocol protocol = new(provider, identity, federationOptions, signIn, time);

    /// <summary>Sends the browser to the provider; null = it is on its way.</summary>
    public async ValueTask<Refusal?> BeginAsync(HttpContext http, ConsoleCookie browser, string next, bool isSilent)
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

        var handler = await ProviderHandler.CreateAsync(http, provider, protocol.CreateOptions(browser));
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

    /// <summary>Checks the provider's answer: the person it vouches for, or a refusal.</summary>
    public async ValueTask<ProviderAnswer> FinishAsync(HttpContext http, ConsoleCookie browser)
    {
        var handler = await ProviderHandler.CreateAsync(http, provider, protocol.CreateOptions(browser));
        var result = await handler.ReadAnswerAsync();
        http.RequestAborted.ThrowIfCancellationRequested();
        var properties = result.Properties;
        return new ProviderAnswer(
            result.Principal is { } principal ? ToPerson(principal) : null,
            result.Failure is { } failure ? ToRefusal(failure) : null,
            properties?.RedirectUri,
            properties?.Items.ContainsKey(Silent) ?? false
        );
    }

    private ProviderPerson ToPerson(ClaimsPrincipal principal)
    {
        var subject = GetTexts(principal, "sub").First();
        var name =
            GetTexts(principal, "name")
                .Concat(GetTexts(principal, "preferred_username"))
                .Concat(GetTexts(principal, "email"))
                .FirstOrDefault()
            ?? subject;
        var values = GetTexts(principal, signIn.RolesClaim).ToHashSet(StringComparer.Ordinal);
        var roles = signIn.Roles.Where(role => role.Value.Any(values.Contains)).Select(role => role.Key);
        return new ProviderPerson(
            subject,
            WithoutControls(name.Length > MaxNameLength ? name[..MaxNameLength] : name),
            [.. roles]
        );
    }

    // A claim that is a text or a list of texts. The library gives a text that looks like a date another type.
    private static IEnumerable<string> GetTexts(ClaimsPrincipal principal, string name) =>
        principal
            .FindAll(claim =>
                claim.Type == name && claim.ValueType is ClaimValueTypes.String or ClaimValueTypes.DateTime
            )
            .Select(claim => claim.Value);

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

    // By type: messages of the library can contain what was sent. Any other exception is a programming error.
    private static string NameCheck(Exception failure) =>
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

    private static string WithoutControls(string text) => string.Concat(text.Where(c => !ConfigText.IsUnprintable(c)));
}
