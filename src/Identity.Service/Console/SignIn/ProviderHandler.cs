using System.Text.Encodings.Web;
using Culvert.Identity.Service.Console.Sessions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Culvert.Identity.Service.Console.SignIn;

/// <summary>
/// ASP.NET Core's OpenID Connect handler for one request. It is not a scheme of the host: authentication middleware would
/// run before the limits of <see cref="ProviderEndpoints"/>, for every API request, and would create a key ring on each
/// node's disk. It does not log, since its trace lines contain codes and tokens.
/// </summary>
internal sealed class ProviderHandler : OpenIdConnectHandler
{
    private static readonly AuthenticationScheme ProviderScheme = new("provider", null, typeof(ProviderHandler));

    private readonly ProviderClient provider;

    private ProviderHandler(ProviderClient provider, OpenIdConnectOptions options)
        : base(new FixedOptions(options), NullLoggerFactory.Instance, HtmlEncoder.Default, UrlEncoder.Default) =>
        this.provider = provider;

    public static async ValueTask<ProviderHandler> CreateAsync(
        HttpContext http,
        ProviderClient provider,
        OpenIdConnectOptions options
    )
    {
        var handler = new ProviderHandler(provider, options);
        await handler.InitializeAsync(ProviderScheme, http);
        return handler;
    }

    /// <summary>Validates the provider's answer: a ticket, or the failure as an exception.</summary>
    public Task<HandleRequestResult> ReadAnswerAsync() => HandleRemoteAuthenticateAsync();

    /// <summary>
    /// Deletes the cookies of earlier attempts if there are too many: links could fill the browser's cookies.
    /// </summary>
    public void LimitAttempts(int maxCookies)
    {
        string[] left =
        [
            .. Request.Cookies.Keys.Where(name =>
                name.StartsWith(Options.CorrelationCookie.Name!, StringComparison.Ordinal)
                || name.StartsWith(Options.NonceCookie.Name!, StringComparison.Ordinal)
            ),
        ];
        if (left.Length < maxCookies)
        {
            return;
        }

        foreach (var name in left)
        {
            ConsoleCookie.Delete(Context, name);
        }
    }

    protected override Task<OpenIdConnectMessage> RedeemAuthorizationCodeAsync(
        OpenIdConnectMessage tokenEndpointRequest
    ) => provider.RedeemAsync(tokenEndpointRequest, Context.RequestAborted);

    private sealed class FixedOptions(OpenIdConnectOptions options) : IOptionsMonitor<OpenIdConnectOptions>
    {
        public OpenIdConnectOptions CurrentValue => options;

        public OpenIdConnectOptions Get(string? name) => options;

        public IDisposable? OnChange(Action<OpenIdConnectOptions, string?> listener) => null;
    }
}
