using System.Text;
using Culvert.Identity.Service.Console.Access;
using Culvert.Identity.Service.Console.Sessions;
using Culvert.Identity.Service.Hosting;
using Culvert.Jose;
using Culvert.Jose.Tokens;
using Culvert.Platform.Configuration;

namespace Culvert.Identity.Service.Console.SignIn;

/// <summary>
/// Signing in with the identity provider: authorization code with PKCE (RFC 7636), bound to the browser by state and
/// nonce, to the provider by <c>iss</c> (RFC 9207). Each check is one line; what fails is named in the log alone.
/// </summary>
internal sealed class ProviderSignIn(
    ProviderClient provider,
    ServiceOptions options,
    TimeProvider time,
    ILogger<ProviderSignIn> logger
)
{
    public const string CallbackPath = ConsoleEndpoints.ProviderPath + "/callback";

    private const int MaxCodeLength = 4096;
    private const int MaxNameLength = 100;

    private readonly string redirectUri = options.PublicUrl + CallbackPath;

    /// <summary>Where the browser goes to be asked.</summary>
    public async ValueTask<(string? Url, Refusal? Refusal)> BeginAsync(
        ConsoleCookie browser,
        string next,
        bool isSilent,
        CancellationToken cancellationToken
    )
    {
        var (metadata, fault) = await provider.DescribeAsync(cancellationToken);
        if (metadata is null)
        {
            return (null, Away(fault!));
        }

        var state = SignInState.New(time.GetUtcNow(), isSilent, next);
        var url = provider.AuthorizationUrl(
            metadata,
            redirectUri,
            state.Protect(browser),
            state.NonceFor(browser),
            state.VerifierFor(browser),
            isSilent
        );
        return (url, null);
    }

    /// <summary>
    /// What the provider's answer says: 1. it is of this provider, 2. no refusal, 3. a code, 4. good for an id_token, 5. that
    /// passes every check. The state was read by the caller.
    /// </summary>
    public async ValueTask<(ProviderPerson? Person, Refusal? Refusal)> FinishAsync(
        IQueryCollection answer,
        SignInState state,
        ConsoleCookie browser,
        CancellationToken cancellationToken
    )
    {
        var (metadata, fault) = await provider.DescribeAsync(cancellationToken);
        if (metadata is null)
        {
            return (null, Away(fault!));
        }

        var named = answer["iss"].ToString();
        if (named != options.SignIn.Issuer && (named.Length > 0 || metadata.NamesItself))
        {
            return (null, Refused("iss of the answer"));
        }

        if (answer["error"].ToString() is { Length: > 0 and <= 64 } error)
        {
            return (null, Refused($"the provider said {ControlFree(error)}"));
        }

        var code = answer["code"].ToString();
        if (code.Length is 0 or > MaxCodeLength)
        {
            return (null, Refused("code"));
        }

        var (idToken, failure) = await provider.RedeemAsync(
            metadata,
            code,
            redirectUri,
            state.VerifierFor(browser),
            cancellationToken
        );
        return idToken is null
            ? (null, Away(failure!))
            : await VerifyAsync(metadata, idToken, state.NonceFor(browser), cancellationToken);
    }

    /// <summary>Logs which check failed and answers with nothing of it.</summary>
    public Refusal Refused(string check)
    {
        Log.SignInRefused(logger, check);
        return ConsoleErrors.SignIn.Refuse();
    }

    private async ValueTask<(ProviderPerson? Person, Refusal? Refusal)> VerifyAsync(
        ProviderMetadata metadata,
        string idToken,
        string nonce,
        CancellationToken cancellationToken
    )
    {
        if (SignedToken.TryParse(Encoding.UTF8.GetBytes(idToken), out var token) != JoseRefusal.None)
        {
            return (null, Refused($"id_token: {IdTokenFault.Malformed}"));
        }

        var (keys, fault) = await provider.KeysAsync(metadata, token!.KeyId, cancellationToken);
        if (keys is null)
        {
            return (null, Away(fault!));
        }

        var found = IdTokenChecks.Check(
            token,
            keys,
            options.SignIn,
            nonce,
            options.Federation.Leeway,
            time.GetUtcNow()
        );
        return found == IdTokenFault.None ? (PersonOf(token.Claims), null) : (null, Refused($"id_token: {found}"));
    }

    private ProviderPerson PersonOf(ClaimSet claims)
    {
        var subject = claims.FindString("sub"u8)!;
        var name =
            claims.FindString("name"u8)
            ?? claims.FindString("preferred_username"u8)
            ?? claims.FindString("email"u8)
            ?? subject;
        var values = ClaimTexts.Of(claims, options.SignIn.RolesClaim);
        var roles = options
            .SignIn.Roles.Where(role => role.Value.Any(value => values.Contains(value, StringComparer.Ordinal)))
            .Select(role => role.Key);
        return new ProviderPerson(
            subject,
            ControlFree(name.Length > MaxNameLength ? name[..MaxNameLength] : name),
            [.. roles]
        );
    }

    private Refusal Away(string what)
    {
        Log.ProviderFailed(logger, what);
        return ConsoleErrors.Provider.Refuse();
    }

    private static string ControlFree(string text) => string.Concat(text.Where(c => !ConfigText.IsUnprintable(c)));
}
