using Culvert.Identity.Service.Authorization.Pages;
using Culvert.Identity.Service.Console;
using Culvert.Identity.Service.Console.Access;
using Culvert.Identity.Service.Console.Pages;
using Culvert.Identity.Service.Console.Sessions;
using Culvert.Identity.Service.Console.SignIn;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.OAuthClients;
using Culvert.Identity.Service.Storage;
using Microsoft.AspNetCore.WebUtilities;

namespace Culvert.Identity.Service.Authorization;

/// <summary>
/// The pages of a sign-in to a route: 1. authorize checks the request and sends the browser to the identity provider, 2. the
/// callback verifies the person and asks for consent, 3. the consent answers the client. The browser carries the request
/// meanwhile, sealed; no node stores anything before the consent.
/// </summary>
internal sealed class AuthorizeEndpoints(
    AuthorizationServer server,
    AuthorizationRequestReader reader,
    ProviderSignIn signIn,
    PersonRules rules,
    RouteToolsReader tools,
    ConsentDecisions decisions,
    SealedValues values,
    ConsoleRenderer renderer,
    ConsoleSettings settings,
    SourceLimits limits,
    IEnumerable<ISignInContinuation> continuations,
    TimeProvider time
)
{
    /// <summary>The cookie of a browser that signs in to a route: binds the provider's answer and the consent to it.</summary>
    public const string BrowserCookie = "__Host-culvert-authorize";

    private const string ConsentPurpose = "consent";

    public async Task AuthorizeAsync(HttpContext http)
    {
        if (await FindOrganizationAsync(http) is not { } organizationId)
        {
            return;
        }

        var query = http.Request.QueryString.Value ?? "";
        var found = await ReadAsync(organizationId, query, http);
        if (found is not var (target, request))
        {
            return;
        }

        if (!await rules.HasTargetAsync(organizationId, request.Resource, http.RequestAborted))
        {
            Redirect(http, organizationId, target, AuthorizationErrors.InvalidTarget.Refuse());
            return;
        }

        var browser = ConsoleCookie.Find(http, BrowserCookie) ?? ConsoleCookie.New();
        browser.Set(http, BrowserCookie, life: null);
        if (
            await signIn.BeginAsync(
                http,
                browser,
                AuthorizationServer.GetPath(organizationId, "authorize") + query,
                isSilent: false,
                AuthorizationServer.GetPath(organizationId, "callback")
            ) is
            { } refusal
        )
        {
            await RefuseAsync(http, refusal);
        }
    }

    public async Task FinishAsync(HttpContext http)
    {
        if (await FindOrganizationAsync(http) is not { } organizationId)
        {
            return;
        }

        var browser = ConsoleCookie.Find(http, BrowserCookie) ?? ConsoleCookie.New();
        var answer = await signIn.FinishAsync(http, browser, AuthorizationServer.GetPath(organizationId, "callback"));
        if (
            answer.Next is { } wanted
            && continuations.FirstOrDefault(one => one.Continues(organizationId, wanted)) is { } continuation
        )
        {
            http.Response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
            await continuation.ContinueAsync(http, organizationId, browser, answer);
            return;
        }

        // The state is of this browser, but may be of a sign-in at another organization.
        var path = AuthorizationServer.GetPath(organizationId, "authorize") + "?";
        if (answer.Next is not { } next || !next.StartsWith(path, StringComparison.Ordinal))
        {
            await RefuseAsync(http, answer.Refusal ?? AuthorizationErrors.Consent.Refuse());
            return;
        }

        var query = next[(path.Length - 1)..];
        if (await ReadAsync(organizationId, query, http) is not var (target, request))
        {
            return;
        }

        if (SignedInPerson.Find(answer) is not { } person)
        {
            var code = answer.Refusal?.Code == ConsoleErrors.Provider ? "temporarily_unavailable" : "access_denied";
            Redirect(http, organizationId, target, code, "The person did not sign in.");
            return;
        }

        var decided = await rules.DecideAsync(
            organizationId,
            person,
            request.Resource,
            request.ClientId,
            request.Scopes,
            http.RequestAborted
        );
        if (decided.Rule is null)
        {
            await DenyAsync(http, organizationId, target, request, person, decided.Denial.Name());
            return;
        }

        if (await decisions.IsRememberedAsync(organizationId, request, person, decided, http.RequestAborted))
        {
            await AllowAsync(http, organizationId, target, request, person, decided, once: null);
            return;
        }

        var consent = new ConsentRequest(query, person, (time.GetUtcNow() + SignInProtocol.Life).ToUnixTimeSeconds());
        http.Features.Set(
            new ConsentDetails(
                AuthorizationServer.GetPath(organizationId, ConsentPurpose),
                values.Seal(
                    ConsentPurpose,
                    Bind(organizationId, browser),
                    consent,
                    AuthorizationJson.Default.ConsentRequest
                ),
                target.Client.Name,
                target.Client.Kind == OAuthClientKind.Registered,
                DescribeHost(target.RedirectUri),
                request.Resource,
                decided.Scope.Split(' '),
                await tools.ReadAsync(decided, request.Resource, http.RequestAborted),
                person.Name
            )
        );
        // Browsers apply form-action to every redirect that follows the form. Where the client's own redirect URI sends the
        // browser next, to a program or to a page that says "done", is not known here.
        http.Response.Headers.ContentSecurityPolicy = ConsoleHeaders.Policy.Replace(
            "form-action 'self'; ",
            "",
            StringComparison.Ordinal
        );
        await renderer.WriteAsync(typeof(ConsentPage), CreateRequest(http, browser), StatusCodes.Status200OK);
    }

    public async Task ConsentAsync(HttpContext http)
    {
        if (await FindOrganizationAsync(http) is not { } organizationId)
        {
            return;
        }

        if (
            ConsoleCookie.Find(http, BrowserCookie) is not { } browser
            || await ConsoleEndpoints.ReadFormAsync(http, browser) is not { } form
            || values.Open(
                ConsentPurpose,
                Bind(organizationId, browser),
                form[ConsentForm.RequestField],
                AuthorizationJson.Default.ConsentRequest
            )
                is not { } consent
            || time.GetUtcNow() >= DateTimeOffset.FromUnixTimeSeconds(consent.ExpiresAt)
        )
        {
            await RefuseAsync(http, AuthorizationErrors.Consent.Refuse());
            return;
        }

        // Only once, and without ending the browser's other sign-ins: programs with several routes open a page for each.
        var once = ConsentDecisions.CreateReplayKey(form[ConsentForm.RequestField]!, consent);
        if (await ReadAsync(organizationId, consent.Query, http) is not var (target, request))
        {
            return;
        }

        if (form[ConsentForm.AnswerField] != ConsentForm.Allow)
        {
            await DenyAsync(http, organizationId, target, request, consent.Person, "consent_denied", once);
            return;
        }

        // Rules may have changed while the person read the page.
        var decided = await rules.DecideAsync(
            organizationId,
            consent.Person,
            request.Resource,
            request.ClientId,
            request.Scopes,
            http.RequestAborted
        );
        if (decided.Rule is null)
        {
            await DenyAsync(http, organizationId, target, request, consent.Person, decided.Denial.Name(), once);
            return;
        }

        await AllowAsync(http, organizationId, target, request, consent.Person, decided, once);
    }

    private async Task AllowAsync(
        HttpContext http,
        string organizationId,
        AuthorizationTarget target,
        AuthorizationRequest request,
        SignedInPerson person,
        PersonDecision decided,
        ReplayKey? once
    )
    {
        var code = await decisions.AllowAsync(
            new ApiRequest(http),
            organizationId,
            request,
            person,
            decided,
            once,
            http.RequestAborted
        );
        if (code.IsOk)
        {
            Redirect(http, organizationId, target, ("code", code.Value));
        }
        else
        {
            await RefuseAsync(http, organizationId, target, code.Refusal);
        }
    }

    private async Task DenyAsync(
        HttpContext http,
        string organizationId,
        AuthorizationTarget target,
        AuthorizationRequest request,
        SignedInPerson person,
        string reason,
        ReplayKey? once = null
    )
    {
        var refusal = await decisions.DenyAsync(
            new ApiRequest(http),
            organizationId,
            request,
            person,
            reason,
            once,
            http.RequestAborted
        );
        await RefuseAsync(http, organizationId, target, refusal ?? AuthorizationErrors.AccessDenied.Refuse());
    }

    // The client of a page that was answered before has its answer already.
    private Task RefuseAsync(HttpContext http, string organizationId, AuthorizationTarget target, Refusal refusal)
    {
        if (refusal.Code == AuthorizationErrors.Consent)
        {
            return RefuseAsync(http, refusal);
        }

        Redirect(http, organizationId, target, refusal);
        return Task.CompletedTask;
    }

    // Null: the request has been answered.
    private async ValueTask<string?> FindOrganizationAsync(HttpContext http)
    {
        ConsoleHeaders.Set(http.Response);
        // Clients in a browser open these pages in a popup, whose last page, their own callback, gives the code to its opener.
        // With any other policy, redirects included, the callback would have no opener. What the opener can do is close the popup
        // or send it elsewhere: it reads nothing of these pages and cannot frame them.
        http.Response.Headers["Cross-Origin-Opener-Policy"] = "unsafe-none";
        var request = new ApiRequest(http);
        var organizationId = request.Route("organization_id");
        var obstacle =
            limits.Unauthenticated.TryTake(request.Source)
            ?? (
                await server.IsOfferedAsync(organizationId, http.RequestAborted)
                    ? null
                    : RequestErrors.NotFound.Refuse()
            );
        if (obstacle is null)
        {
            return organizationId;
        }

        await RefuseAsync(http, obstacle);
        return null;
    }

    // Null: the request has been answered.
    private async ValueTask<(AuthorizationTarget Target, AuthorizationRequest Request)?> ReadAsync(
        string organizationId,
        string query,
        HttpContext http
    )
    {
        var found = await reader.ReadTargetAsync(organizationId, query, http.RequestAborted);
        if (!found.TryGet(out var target, out var unknown))
        {
            await RefuseAsync(http, unknown);
            return null;
        }

        if (!AuthorizationRequestReader.Read(target).TryGet(out var request, out var refusal))
        {
            Redirect(http, organizationId, target, refusal);
            return null;
        }

        return (target, request);
    }

    private void Redirect(HttpContext http, string organizationId, AuthorizationTarget target, Refusal refusal) =>
        Redirect(http, organizationId, target, OAuthErrorBody.ToErrorName(refusal.Code), refusal.Message);

    private void Redirect(
        HttpContext http,
        string organizationId,
        AuthorizationTarget target,
        string error,
        string description
    ) => Redirect(http, organizationId, target, ("error", error), ("error_description", description));

    // RFC 6749 §4.1.2, RFC 9207 §2.
    private void Redirect(
        HttpContext http,
        string organizationId,
        AuthorizationTarget target,
        params IEnumerable<(string Name, string Value)> answer
    )
    {
        var parameters = answer.Append(("iss", server.GetIssuer(organizationId)));
        if (target.State is { } state)
        {
            parameters = parameters.Append(("state", state));
        }

        ConsoleEndpoints.Redirect(
            http,
            QueryHelpers.AddQueryString(
                target.RedirectUri,
                parameters.Select(one => KeyValuePair.Create(one.Item1, (string?)one.Item2))
            )
        );
    }

    private Task RefuseAsync(HttpContext http, Refusal refusal)
    {
        var request = CreateRequest(http, ConsoleCookie.New());
        request.Failure = refusal;
        request.IsMissing = true;
        return renderer.WriteAsync(typeof(ProblemPage), request, refusal.Code.Status);
    }

    private ConsoleRequest CreateRequest(HttpContext http, ConsoleCookie browser) =>
        new(http, settings, time.GetUtcNow(), browser.Derive(ConsoleEndpoints.FormPurpose));

    /// <summary>What sealed values of a page are bound to.</summary>
    public static string Bind(string organizationId, ConsoleCookie browser) =>
        $"{organizationId} {Convert.ToHexStringLower(browser.Hash)}";

    private static string DescribeHost(string redirectUri) =>
        Uri.TryCreate(redirectUri, UriKind.Absolute, out var uri) && uri.Host.Length > 0 ? uri.Authority : redirectUri;
}
