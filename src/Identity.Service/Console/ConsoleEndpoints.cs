using System.Text.Json;
using Culvert.Identity.Service.Console.Access;
using Culvert.Identity.Service.Console.Pages;
using Culvert.Identity.Service.Console.Sessions;
using Culvert.Identity.Service.Console.SignIn;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Limits;
using Microsoft.Net.Http.Headers;

namespace Culvert.Identity.Service.Console;

/// <summary>
/// The steps around every page and form: 1. headers, 2. the session, or a redirect to the sign-in, 3. for forms: a check
/// that the page itself sent it, 4. the operation, 5. the page, or a redirect.
/// </summary>
internal sealed class ConsoleEndpoints(
    ConsoleSessions sessions,
    ConsoleRenderer renderer,
    SourceLimits limits,
    SecretAlarm secrets,
    ConsoleSettings settings,
    TimeProvider time,
    IReadOnlyDictionary<Operation, ApiHandler> handlers
)
{
    public const string Home = "/console";
    public const string SearchPath = "/console/search";
    public const string SignInPath = "/console/sign-in";
    public const string ProviderPath = "/console/sign-in/provider";
    public const string KeyOwnerPath = "/console/sign-in/key";

    public const string TokenField = "_token";

    /// <summary>A query mark: the sign-in before this page revoked the key of init.</summary>
    public const string FirstKeyEnded = "first-key-ended";

    /// <summary>A query mark: the sign-in did not revoke the key of init; the page says why.</summary>
    public const string FirstKeyNotRevoked = "first-key-kept";

    /// <summary>A query mark: the admin key of this browser now names the person.</summary>
    public const string KeyOwned = "key-owned";

    public const string FormPurpose = "form";

    public async Task ShowAsync(Type page, HttpContext http)
    {
        ConsoleHeaders.Set(http.Response);
        var (cookie, principal) = await FindAsync(http);
        if (principal is null || NeedsProof(principal))
        {
            await SendToSignInAsync(http, principal);
            return;
        }

        await renderer.WriteAsync(page, CreateRequest(http, cookie!, principal), StatusCodes.Status200OK);
    }

    /// <summary>Answers unknown addresses; an unauthenticated browser is only redirected to the sign-in.</summary>
    public async Task MissingAsync(HttpContext http)
    {
        ConsoleHeaders.Set(http.Response);
        var (cookie, principal) = await FindAsync(http);
        if (principal is null || NeedsProof(principal))
        {
            await SendToSignInAsync(http, principal);
            return;
        }

        await RefuseAsync(CreateRequest(http, cookie!, principal), RequestErrors.NotFound.Refuse());
    }

    public Task ActAsync(Type page, string pagePath, ConsoleAction action, HttpContext http) =>
        SubmitAsync(
            page,
            pagePath,
            http,
            async (api, _, form) =>
            {
                var body = FormBody.Read(form, action.Fields);
                // A person without the right is refused, with any field values.
                var answer =
                    !api.May(action.Operation) ? ConsoleAnswer.Refused(ConsoleErrors.Role.Refuse())
                    : !body.IsOk ? ConsoleAnswer.Refused(body.Refusal)
                    : await api.CallAsync(
                        action.Operation,
                        action.IsBodyless ? null : body.Value,
                        GetRouteValues(http)
                    );
                var next =
                    action.ShowsResult || answer.Refusal is not null
                        ? null
                        : (action.Next?.Invoke(answer.Document) ?? Fill(pagePath, http)) + "?done";
                return (answer, next);
            }
        );

    /// <summary>
    /// Handles a form of a signed-in person: runs its action, then redirects or shows the page with the result.
    /// </summary>
    /// <param name="page">Shown if the form is refused or has a result to show.</param>
    /// <param name="act">Runs the form and returns the redirect; null = the page shows the answer.</param>
    public async Task SubmitAsync(
        Type page,
        string pagePath,
        HttpContext http,
        Func<ConsoleApi, ConsolePrincipal, IFormCollection, ValueTask<(ConsoleAnswer Answer, string? Next)>> act
    )
    {
        ConsoleHeaders.Set(http.Response);
        var (cookie, principal) = await FindAsync(http);
        if (principal is null)
        {
            // The typed text is lost: none of it may be stored before a person signs in.
            await SendToSignInAsync(http, null);
            return;
        }

        if (await ReadFormAsync(http, cookie!) is not { } form)
        {
            await RefuseAsync(CreateRequest(http, cookie!, principal), ConsoleErrors.Form.Refuse());
            return;
        }

        var api = CreateApi(http, principal);
        var (answer, next) = await act(api, principal, form);
        if (answer.Refusal is null && next is not null)
        {
            Redirect(http, next);
            return;
        }

        await renderer.WriteAsync(
            page,
            new ConsoleRequest(http, settings, time.GetUtcNow(), cookie!.Derive(FormPurpose))
            {
                Principal = principal,
                Api = api,
                PagePath = Fill(pagePath, http),
                Form = form,
                Failure = answer.Refusal,
                Result = answer.Refusal is null ? answer.Document : (JsonElement?)null,
            },
            StatusCodes.Status200OK
        );
    }

    public async Task SignOutAsync(HttpContext http)
    {
        ConsoleHeaders.Set(http.Response);
        var (cookie, principal) = await FindAsync(http);
        if (principal is not null)
        {
            if (await ReadFormAsync(http, cookie!) is null)
            {
                await RefuseAsync(CreateRequest(http, cookie!, principal), ConsoleErrors.Form.Refuse());
                return;
            }

            var request = new ApiRequest(http);
            request.SetCaller(principal.Caller);
            var ended = await sessions.EndAsync(
                principal.Session,
                AuditActor.From(request),
                request,
                http.RequestAborted
            );
            if (ended is not null)
            {
                await RefuseAsync(CreateRequest(http, cookie!, principal), ended);
                return;
            }
        }
        else if (limits.Unauthenticated.TryTake(new ApiRequest(http).Source) is { } limited)
        {
            await RefuseAsync(CreateRequest(http, ConsoleCookie.New()), limited);
            return;
        }

        ConsoleCookie.Delete(http, ConsoleCookie.Session);
        ConsoleCookie.Delete(http, ConsoleCookie.ProvenKey);
        http.Response.Headers["Clear-Site-Data"] = "\"cache\", \"storage\"";
        Redirect(http, SignInPath);
    }

    /// <summary>The fields of a form that the page of this cookie sent; null = another page sent it.</summary>
    public static async ValueTask<IFormCollection?> ReadFormAsync(HttpContext http, ConsoleCookie cookie)
    {
        // Browsers send the origin of a request; for those that do not, only the token is checked.
        if (
            http.Request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin")
            || !IsOwnOrigin(http.Request)
            || !RequestBody.IsForm(http.Request)
        )
        {
            return null;
        }

        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        return cookie.Matches(FormPurpose, form[TokenField]) ? form : null;
    }

    // RFC 6454 §7, for browsers without Sec-Fetch-Site. A balancer does not change the Host.
    private static bool IsOwnOrigin(HttpRequest request) =>
        request.Headers.Origin.ToString() is var origin
        && (
            origin.Length == 0
            || origin.Equals($"{Uri.UriSchemeHttps}://{request.Host.Value}", StringComparison.OrdinalIgnoreCase)
        );

    /// <summary>The request data of a page for a browser that is not signed in.</summary>
    public ConsoleRequest CreateRequest(HttpContext http, ConsoleCookie cookie, IFormCollection? form = null) =>
        new(http, settings, time.GetUtcNow(), cookie.Derive(FormPurpose)) { Form = form };

    /// <summary>Accepts only paths of this console: a forged link cannot redirect to another site (S32).</summary>
    public static string LocalPath(string? wanted) =>
        wanted is { Length: <= 512 }
        && (wanted == Home || wanted.StartsWith(Home + "/", StringComparison.Ordinal))
        && !wanted.StartsWith(SignInPath, StringComparison.Ordinal)
        && wanted.All(c => char.IsAsciiLetterOrDigit(c) || "/-_.~?=&%".Contains(c, StringComparison.Ordinal))
            ? wanted
            : Home;

    public static void Redirect(HttpContext http, string path)
    {
        http.Response.StatusCode = StatusCodes.Status303SeeOther;
        http.Response.Headers[HeaderNames.Location] = path;
    }

    /// <summary>
    /// Redirects from a sign-in to the wanted page, which reports what the sign-in revoked; first to the question about the
    /// admin key used in this browser, if that is open.
    /// </summary>
    public static void Enter(HttpContext http, OpenedSession opened, string? wanted)
    {
        var path = LocalPath(wanted);
        path = opened.FirstKey switch
        {
            FirstKeyFate.Revoked => AddMark(path, FirstKeyEnded),
            FirstKeyFate.NotRevoked => AddMark(path, FirstKeyNotRevoked),
            _ => path,
        };
        Redirect(
            http,
            opened.NeedsKeyOwner ? $"{KeyOwnerPath}?{SignInEndpoints.NextField}={Uri.EscapeDataString(path)}" : path
        );
    }

    /// <summary>A console path with one of the marks above in its query.</summary>
    public static string AddMark(string path, string mark) =>
        $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{mark}";

    public Task RefuseAsync(ConsoleRequest request, Refusal refusal)
    {
        request.Failure = refusal;
        request.IsMissing = true;
        return renderer.WriteAsync(typeof(ProblemPage), request, refusal.Code.Status);
    }

    /// <summary>
    /// Authenticates the session. A source whose cookies keep failing is refused before the next one is checked (S31).
    /// </summary>
    private async ValueTask<(ConsoleCookie? Cookie, ConsolePrincipal? Principal)> FindAsync(HttpContext http)
    {
        var source = new ApiRequest(http).Source;
        if (
            ConsoleCookie.Find(http, ConsoleCookie.Session) is not { } cookie
            || limits.FailedAuthentication.Check(source, cookie.Value) is not null
        )
        {
            return (null, null);
        }

        var principal = await sessions.FindAsync(cookie, http.RequestAborted);
        if (principal is null)
        {
            limits.FailedAuthentication.Fail(source, cookie.Value);
        }
        else
        {
            limits.FailedAuthentication.Accept(source, cookie.Value);
        }

        return (cookie, principal);
    }

    private bool NeedsProof(ConsolePrincipal principal) =>
        principal.Session.AdminKeyId is null
        && principal.Session.ProvenAt + ConsoleSessions.ProofRenewal < time.GetUtcNow();

    private async Task SendToSignInAsync(HttpContext http, ConsolePrincipal? known)
    {
        if (limits.Unauthenticated.TryTake(new ApiRequest(http).Source) is { } limited)
        {
            await RefuseAsync(CreateRequest(http, ConsoleCookie.New()), limited);
            return;
        }

        var wanted = HttpMethods.IsGet(http.Request.Method) ? http.Request.Path + http.Request.QueryString : Home;
        var path = known is null ? SignInPath : ProviderPath;
        Redirect(http, $"{path}?next={Uri.EscapeDataString(LocalPath(wanted))}");
    }

    private ConsoleRequest CreateRequest(HttpContext http, ConsoleCookie cookie, ConsolePrincipal principal) =>
        new(http, settings, time.GetUtcNow(), cookie.Derive(FormPurpose))
        {
            Principal = principal,
            Api = CreateApi(http, principal),
        };

    private ConsoleApi CreateApi(HttpContext http, ConsolePrincipal principal) =>
        new(handlers, principal, secrets, http);

    private static (string, string?)[] GetRouteValues(HttpContext http) =>
        [.. http.Request.RouteValues.Select(pair => (pair.Key, (string?)pair.Value))];

    // Route values are ids and names of the requested path, and return to a path.
    private static string Fill(string template, HttpContext http) =>
        http.Request.RouteValues.Aggregate(
            template,
            (path, pair) =>
                path.Replace($"{{{pair.Key}}}", Uri.EscapeDataString((string)pair.Value!), StringComparison.Ordinal)
        );
}
