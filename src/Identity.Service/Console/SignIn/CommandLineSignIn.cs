using System.Security.Claims;
using Culvert.Identity.Service.Console.Access;
using Culvert.Identity.Service.Console.Sessions;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Exchange;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Tokens.Binding;
using Culvert.Platform.Wire;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using TokenResponse = Culvert.Platform.Wire.TokenResponse;

namespace Culvert.Identity.Service.Console.SignIn;

/// <summary>
/// <c>POST /v1/sign_in</c>: a person on the command line gets a token with the same roles as in the console. The person
/// signed in at the provider with the command line's own client; the id_token is verified like the console's.
/// </summary>
internal sealed class CommandLineSignIn(
    ProviderClient provider,
    CommandLineSessions sessions,
    RequestBinding binding,
    Current<FederationOptions> federationOptions,
    Current<SignInOptions> signIn,
    TimeProvider time,
    ILogger<CommandLineSignIn> logger
)
{
    /// <summary>The maximum age of an id_token: the command line presents it immediately.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);

    private const string UsedOrOffBoarded = "id_token: used before, or issued before the person was off-boarded";

    // Another client of the same provider: its tokens name only that client.
    private readonly IdTokenHandler idTokens = new(
        provider,
        federationOptions,
        signIn,
        options => options.CommandLineClientId,
        time
    );

    public async ValueTask<ApiAnswer> SignInAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var bodyResult = await request.ReadJsonAsync(WireJson.Default.PersonSignInRequest, cancellationToken);
        if (!bodyResult.TryGet(out var body, out var refusal))
        {
            return refusal;
        }

        var options = signIn.Value;
        if (!options.HasProvider || options.CommandLineClientId.Length == 0)
        {
            return ConsoleErrors.NoCommandLine.Refuse();
        }

        var (proven, error) = binding.Prove(request.Http);
        if (error != BindingError.None || proven.KeyThumbprint is not { } key)
        {
            return BindingRefusals.ToRefusal(error == BindingError.None ? BindingError.InvalidProof : error);
        }

        if (!(await FindPersonAsync(body.IdToken, options)).TryGet(out var proof, out var unproven))
        {
            return unproven;
        }

        if (binding.Use(proven) is var used and not BindingError.None)
        {
            return BindingRefusals.ToRefusal(used);
        }

        var opened = await sessions.OpenAsync(
            proof.Person,
            body.IdToken,
            proof.IssuedAt,
            key,
            request,
            cancellationToken
        );
        if (!opened.IsOk)
        {
            if (opened.Refusal.Code == ConsoleErrors.SignIn)
            {
                Log.SignInRefused(logger, UsedOrOffBoarded);
            }

            return opened.Refusal;
        }

        return ApiAnswer.Json(
            new TokenResponse
            {
                AccessToken = opened.Value.Token,
                TokenType = "DPoP",
                ExpiresIn = (int)opened.Value.Life.TotalSeconds,
            },
            WireJson.Default.TokenResponse
        );
    }

    private async ValueTask<Result<(ProviderPerson Person, DateTimeOffset IssuedAt)>> FindPersonAsync(
        string idToken,
        SignInOptions options
    )
    {
        TokenValidationResult result;
        try
        {
            result = await idTokens.ValidateTokenAsync(
                idToken,
                new TokenValidationParameters
                {
                    ValidIssuer = options.Issuer,
                    ValidAudience = options.CommandLineClientId,
                    IgnoreTrailingSlashWhenValidatingAudience = false,
                    LifetimeValidator = IsValidNow,
                }
            );
        }
        catch (ProviderUnavailableException fault)
        {
            Log.ProviderFailed(logger, fault.Message);
            return ConsoleErrors.Provider.Refuse();
        }

        if (!ReferenceEquals(options, signIn.Value))
        {
            // Some checks may have used another provider's options.
            Log.SignInRefused(logger, ProviderSignIn.Reloaded);
            return ConsoleErrors.SignIn.Refuse();
        }

        if (result.IsValid)
        {
            return (
                PersonMapping.ToPerson(new ClaimsPrincipal(result.ClaimsIdentity), options),
                result.SecurityToken is JsonWebToken token ? token.IssuedAt : DateTimeOffset.UnixEpoch
            );
        }

        Log.SignInRefused(logger, ProviderSignIn.NameCheck(result.Exception));
        return ConsoleErrors.SignIn.Refuse();
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
        return expires > now - leeway
            && (notBefore is null || notBefore <= now + leeway)
            && token is JsonWebToken { IssuedAt: var issuedAt }
            && issuedAt > now - MaxAge;
    }
}
