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
/// What happens around every page and form: 1. headers, 2. the session, or the way to sign in, 3. for forms: that the
/// page sent it and no other site, 4. the operation, 5. the page, or where to go next.
/// </summary>
internal sealed class ConsoleEndpoints(
    ConsoleSessions sessions,
    ConsoleRenderer renderer,
    SourceLimits limits,
    SecretAlarm secrets,
    ConsoleSettings settings,
    TimeProvider time,
    IReadOnlyDictionary<string, ApiOperation> operations
)
{
    public const string Home = "/console";
    public const string SearchPath = "/console/search";
    public const string SignInPath = "/console/sign-in";
    public const string ProviderPath = "/console/sign-in/provider";
    public const string KeyOwnerPath = "/console/sign-in/key";

    /// <summary>Name of the hidden field that every form carries.</summary>
    public const string TokenField = "_token";

    /// <summary>Of a page's query: the sign-in that led here revoked the key that init made.</summary>
    public const string FirstKeyEnded = "first-key-ended";

    /// <summary>The same for a page that says that it was not revoked, and why.</summary>
    public const string FirstKeyKept = "first-key-kept";

    /// <summary>The same for a page that says that the admin key of this browser names the person from now on.</summary>
    public const string KeyOwned = "key-owned";

    private const string FormPurpose = "form";

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

    /// <summary>No page has this address; who is not signed in learns nothing but the way to sign in.</summary>
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
                var operation = $"{action.Method} {action.Operation}";
                var body = FormBody.Of(form, action.Fields);
                // A person without the right is refused, whatever the fields hold.
                var answer =
                    !api.May(operation) ? ConsoleAnswer.Refused(ConsoleErrors.Role.Refuse())
                    : !body.IsOk ? ConsoleAnswer.Refused(body.Refusal)
                    : await api.DoAsync(operation, action.IsBodyless ? null : body.Value, GetRouteValues(http));
                var next =
                    action.ShowsResult || answer.Refusal is not null
                        ? null
                        : (action.Next?.Invoke(answer.Document) ?? Fill(pagePath, http)) + "?done";
                return (answer, next);
            }
        );

    /// <summary>
    /// A form of a signed-in person that the page has sent: it is acted on, and the person sent on, or the page shown with
    /// the answer.
    /// </summary>
    /// <param name="page">Shown where the form is refused, or shows what was answered.</param>
    /// <param name="pagePath">Its path.</param>
    /// <param name="http">The request.</param>
    /// <param name="act">What the form does, and where the person is sent afterwards; null = the answer is shown.</param>
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
            // What was typed is lost: none of it may be stored until a person signs in.
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
                AuditActor.Of(request),
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

    /// <summary>The fields of a form that the page of this cookie sent; null = it did not.</summary>
    public static async ValueTask<IFormCollection?> ReadFormAsync(HttpContext http, ConsoleCookie cookie)
    {
        // Browsers say where a request comes from; those that do not are left with the token.
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

    // RFC 6454 §7: browsers without Sec-Fetch-Site say at least this much. A balancer leaves the Host as it was.
    private static bool IsOwnOrigin(HttpRequest request) =>
        request.Headers.Origin.ToString() is var origin
        && (
            origin.Length == 0
            || origin.Equals($"{Uri.UriSchemeHttps}://{request.Host.Value}", StringComparison.OrdinalIgnoreCase)
        );

    /// <summary>What a page for a browser that is not signed in knows.</summary>
    public ConsoleRequest CreateRequest(HttpContext http, ConsoleCookie cookie, IFormCollection? form = null) =>
        new(http, settings, time.GetUtcNow(), cookie.Derive(FormPurpose)) { Form = form };

    /// <summary>A path of this console and nothing else: a forged link leads to no other site (S32).</summary>
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
    /// From a sign-in to the page that was wanted, which says what the sign-in has ended; first to the question whose admin
    /// key was used in this browser, if that is open.
    /// </summary>
    public static void Enter(HttpContext http, OpenedSession opened, string? wanted)
    {
        var path = LocalPath(wanted);
        path = opened.FirstKey switch
        {
            FirstKeyFate.Revoked => AddMark(path, FirstKeyEnded),
            FirstKeyFate.Kept => AddMark(path, FirstKeyKept),
            _ => path,
        };
        Redirect(
            http,
            opened.NeedsKeyOwner ? $"{KeyOwnerPath}?{SignInEndpoints.NextField}={Uri.EscapeDataString(path)}" : path
        );
    }

    /// <summary>A path of the console with one of the marks above in its query.</summary>
    public static string AddMark(string path, string mark) =>
        $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{mark}";

    public Task RefuseAsync(ConsoleRequest request, Refusal refusal)
    {
        request.Failure = refusal;
        request.IsMissing = true;
        return renderer.WriteAsync(typeof(ProblemPage), request, refusal.Code.Status);
    }

    /// <summary>
    /// Who is signed in. A source whose cookies keep failing is cut off before the next one is checked (S31).
    /// </summary>
    private async ValueTask<(ConsoleCookie? Cookie, ConsolePrincipal? Principal)> FindAsync(HttpContext http)
    {
        var source = new ApiRequest(http).Source;
        if (
            ConsoleCookie.Of(http, ConsoleCookie.Session) is not { } cookie
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
        new(operations, principal, secrets, http);

    private static (string, string?)[] GetRouteValues(HttpContext http) =>
        [.. http.Request.RouteValues.Select(pair => (pair.Key, (string?)pair.Value))];

    // Route values are ids and names that came in by the path, and go out by it.
    private static string Fill(string template, HttpContext http) =>
        http.Request.RouteValues.Aggregate(
            template,
            (path, pair) =>
                path.Replace($"{{{pair.Key}}}", Uri.EscapeDataString((string)pair.Value!), StringComparison.Ordinal)
        );
}
