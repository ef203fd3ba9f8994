using Culvert.Identity.Service.Authentication;
using Culvert.Identity.Service.Console.Access;
using Culvert.Identity.Service.Console.Pages;
using Culvert.Identity.Service.Console.Sessions;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Tenants;

namespace Culvert.Identity.Service.Console.SignIn;

internal sealed class SignInEndpoints(
    ConsoleEndpoints console,
    ConsoleRenderer renderer,
    ConsoleSessions sessions,
    Authenticator authenticator,
    SourceLimits limits,
    Current<SignInOptions> options
)
{
    public const string KeyField = "admin_key";
    public const string NextField = "next";

    public async Task ShowAsync(HttpContext http)
    {
        ConsoleHeaders.Set(http.Response);
        if (limits.Unauthenticated.TryTake(new ApiRequest(http).Source) is { } limited)
        {
            await console.RefuseAsync(console.CreateRequest(http, ConsoleCookie.New()), limited);
            return;
        }

        await renderer.WriteAsync(
            typeof(SignInPage),
            console.CreateRequest(http, GetBrowser(http)),
            StatusCodes.Status200OK
        );
    }

    public async Task SignInAsync(HttpContext http)
    {
        ConsoleHeaders.Set(http.Response);
        var request = new ApiRequest(http);
        var browser = GetBrowser(http);
        if (limits.Unauthenticated.TryTake(request.Source) is { } limited)
        {
            await RefuseAsync(http, browser, limited);
            return;
        }

        if (await ConsoleEndpoints.ReadFormAsync(http, browser) is not { } form)
        {
            await RefuseAsync(http, browser, ConsoleErrors.Form.Refuse());
            return;
        }

        if (!options.Value.AdminKeys)
        {
            await RefuseAsync(http, browser, ConsoleErrors.NoAdminKeys.Refuse());
            return;
        }

        var credential = form[KeyField].ToString().Trim();
        var proven = await ProveAsync(credential, http.RequestAborted);
        if (!proven.IsOk)
        {
            limits.FailedAuthentication.Fail(request.Source, credential);
            await RefuseAsync(
                http,
                browser,
                proven.Refusal.Code == AuthErrors.Invalid ? ConsoleErrors.AdminKey.Refuse() : proven.Refusal
            );
            return;
        }

        var opened = await sessions.OpenAsync(proven.Value, request, http.RequestAborted);
        if (opened.Cookie is not { } cookie)
        {
            await RefuseAsync(http, browser, opened.Refusal!);
            return;
        }

        cookie.Set(http, ConsoleCookie.Session, options.Value.Session);
        ConsoleCookie.Delete(http, ConsoleCookie.SignIn);
        ConsoleEndpoints.Enter(http, opened, form[NextField]);
    }

    // A cookie of the browser, set when it first opens the page: it identifies the browser's later requests.
    private static ConsoleCookie GetBrowser(HttpContext http)
    {
        if (ConsoleCookie.Find(http, ConsoleCookie.SignIn) is { } known)
        {
            return known;
        }

        var cookie = ConsoleCookie.New();
        cookie.Set(http, ConsoleCookie.SignIn, life: null);
        return cookie;
    }

    private async ValueTask<Result<AdminKey>> ProveAsync(string credential, CancellationToken cancellationToken) =>
        credential.StartsWith(AdminKey.SecretPrefix, StringComparison.Ordinal)
        && credential.Length <= Credentials.MaxLength
            ? await authenticator.FindAdminKeyAsync(credential, cancellationToken)
            : AuthErrors.Invalid.Refuse();

    private Task RefuseAsync(HttpContext http, ConsoleCookie browser, Refusal refusal)
    {
        var request = console.CreateRequest(http, browser);
        request.Failure = refusal;
        return renderer.WriteAsync(typeof(SignInPage), request, refusal.Code.Status);
    }
}
