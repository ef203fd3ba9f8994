using Culvert.Identity.Service.Console.Access;
using Culvert.Identity.Service.Console.Sessions;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Settings;

namespace Culvert.Identity.Service.Console.SignIn;

internal sealed class ProviderEndpoints(
    ConsoleEndpoints console,
    ConsoleSessions sessions,
    ProviderSignIn signIn,
    SourceLimits limits,
    Current<SignInOptions> options
)
{
    /// <summary>Also used to check the roles of a session again; the person then needs no interaction.</summary>
    public async Task BeginAsync(HttpContext http)
    {
        ConsoleHeaders.Set(http.Response);
        if (await FindObstacleAsync(http))
        {
            return;
        }

        var browser = ConsoleCookie.Find(http, ConsoleCookie.SignIn) ?? ConsoleCookie.New();
        browser.Set(http, ConsoleCookie.SignIn, life: null);
        var isSilent = await SessionOfAsync(http) is { AdminKeyId: null };
        var next = ConsoleEndpoints.LocalPath(http.Request.Query["next"]);
        if (await signIn.BeginAsync(http, browser, next, isSilent) is { } refusal)
        {
            await console.RefuseAsync(console.CreateRequest(http, browser), refusal);
        }
    }

    /// <summary>
    /// 1. The answer belongs to this browser and names a person. 2. The person has a role. 3. A session opens.
    /// </summary>
    public async Task FinishAsync(HttpContext http)
    {
        ConsoleHeaders.Set(http.Response);
        if (await FindObstacleAsync(http))
        {
            return;
        }

        var browser = ConsoleCookie.Find(http, ConsoleCookie.SignIn) ?? ConsoleCookie.New();
        var known = await SessionOfAsync(http);
        var answer = await signIn.FinishAsync(http, browser);
        if (answer.Person is not { } person)
        {
            if (answer is { IsSilent: true, Refusal: { } refused } && refused.Code == ConsoleErrors.SignIn)
            {
                // The provider requires interaction: retry interactively.
                ConsoleCookie.Delete(http, ConsoleCookie.Session);
                ConsoleEndpoints.Redirect(
                    http,
                    $"{ConsoleEndpoints.SignInPath}?next={Uri.EscapeDataString(ConsoleEndpoints.LocalPath(answer.Next))}"
                );
                return;
            }

            await RefuseAsync(http, browser, answer.Refusal!);
            return;
        }

        var request = new ApiRequest(http);
        var opened = await sessions.OpenAsync(person, known, request, http.RequestAborted);
        if (opened.Cookie is not { } cookie)
        {
            ConsoleCookie.Delete(http, ConsoleCookie.Session);
            await RefuseAsync(http, browser, opened.Refusal!);
            return;
        }

        if (opened.NeedsKeyOwner)
        {
            ConsoleCookie.Find(http, ConsoleCookie.Session)?.Set(http, ConsoleCookie.ProvenKey, life: null);
        }

        cookie.Set(http, ConsoleCookie.Session, options.Value.Session);
        ConsoleCookie.Delete(http, ConsoleCookie.SignIn);
        ConsoleEndpoints.Enter(http, opened, answer.Next);
    }

    private async ValueTask<ConsoleSession?> SessionOfAsync(HttpContext http) =>
        ConsoleCookie.Find(http, ConsoleCookie.Session) is { } cookie
        && await sessions.FindAsync(cookie, http.RequestAborted) is { Session: var session }
            ? session
            : null;

    private async ValueTask<bool> FindObstacleAsync(HttpContext http)
    {
        var obstacle =
            limits.Unauthenticated.TryTake(new ApiRequest(http).Source)
            ?? (options.Value.HasProvider ? null : RequestErrors.NotFound.Refuse());
        if (obstacle is null)
        {
            return false;
        }

        await console.RefuseAsync(console.CreateRequest(http, ConsoleCookie.New()), obstacle);
        return true;
    }

    private Task RefuseAsync(HttpContext http, ConsoleCookie browser, Refusal refusal) =>
        console.RefuseAsync(console.CreateRequest(http, browser), refusal);
}
