using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Culvert.Identity.Service.Authorization;
using Culvert.Identity.Service.Connections;
using Culvert.Identity.Service.Console;
using Culvert.Identity.Service.Console.Access;
using Culvert.Identity.Service.Console.Sessions;
using Culvert.Identity.Service.Console.SignIn;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.PersonConnections.Pages;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Microsoft.AspNetCore.WebUtilities;

namespace Culvert.Identity.Service.PersonConnections;

/// <summary>
/// The pages where a person connects a route with their account at its upstream, sees all their connections, and
/// disconnects: 1. a link sends the browser to the organization's identity provider, 2. the page shows one connection or all
/// of them, 3. its form disconnects, or sends the browser to the upstream, whose answer goes to
/// <see cref="ConnectCallback"/>. The browser carries everything meanwhile, sealed and bound to it.
/// </summary>
internal sealed class ConnectEndpoints(
    ConnectPages pages,
    ConnectValues values,
    ProviderSignIn signIn,
    ConnectionGrantStore grants,
    PersonConnectionReader reader,
    InactivePeople inactive,
    ServiceIdentity identity,
    IJournal journal,
    TimeProvider time
) : ISignInContinuation
{
    /// <summary>How many connections the list shows.</summary>
    public const int MaxShown = 100;

    private const int VerifierBytes = 32;

    public bool Continues(string organizationId, string next) =>
        next == Connection.GetListPath(organizationId)
        || next.StartsWith(Connection.GetConnectPath(organizationId), StringComparison.Ordinal);

    public async Task BeginAsync(HttpContext http)
    {
        if (
            await pages.FindOrganizationAsync(http) is { } organizationId
            && await pages.FindConnectionAsync(http, organizationId, new ApiRequest(http).Route("connection_id"))
                is var (connection, _)
        )
        {
            await SignInAsync(http, organizationId, connection.ConnectPath);
        }
    }

    public async Task BeginListAsync(HttpContext http)
    {
        if (await pages.FindOrganizationAsync(http) is { } organizationId)
        {
            await SignInAsync(http, organizationId, Connection.GetListPath(organizationId));
        }
    }

    public async Task ContinueAsync(
        HttpContext http,
        string organizationId,
        ConsoleCookie browser,
        ProviderAnswer answer
    )
    {
        if (SignedInPerson.Find(answer) is not { } signedIn)
        {
            await pages.RefuseAsync(http, answer.Refusal ?? ConsoleErrors.SignIn.Refuse());
            return;
        }

        var person = new ConnectionPerson(signedIn.IssuerUrl, signedIn.Subject);
        if (await IsRefusedAsync(http, organizationId, person))
        {
            return;
        }

        var now = time.GetStoreNow();
        var request = new ConnectRequest(
            person.Issuer,
            person.Subject,
            signedIn.Name,
            signedIn.ReadIssuedAt(now).ToUnixTimeSeconds(),
            (now + SignInProtocol.Life).ToUnixTimeSeconds()
        );
        var carried = values.Seal(organizationId, browser, request);
        if (answer.Next == Connection.GetListPath(organizationId))
        {
            await ShowListAsync(http, organizationId, browser, request, carried);
        }
        else
        {
            var id = answer.Next![Connection.GetConnectPath(organizationId).Length..];
            await ShowOneAsync(http, organizationId, browser, id, request, carried);
        }
    }

    public async Task AnswerAsync(HttpContext http)
    {
        if (await pages.FindOrganizationAsync(http) is not { } organizationId)
        {
            return;
        }

        if (
            ConsoleCookie.Find(http, AuthorizeEndpoints.BrowserCookie) is not { } browser
            || await ConsoleEndpoints.ReadFormAsync(http, browser) is not { } form
            || form[ConnectForm.RequestField].ToString() is not { } carried
            || values.OpenRequest(organizationId, browser, carried) is not { } request
        )
        {
            await pages.RefuseAsync(http, ConnectionErrors.Page.Refuse());
            return;
        }

        var person = new ConnectionPerson(request.Issuer, request.Subject);
        if (
            await IsRefusedAsync(http, organizationId, person)
            || await pages.FindConnectionAsync(http, organizationId, form[ConnectForm.ConnectionField])
                is not var (connection, _)
        )
        {
            return;
        }

        switch (form[ConnectForm.AnswerField].ToString())
        {
            case ConnectForm.Connect:
                SendToUpstream(http, browser, connection, request);
                break;
            case ConnectForm.Disconnect when await DisconnectAsync(http, connection, person) is { } refusal:
                await pages.RefuseAsync(http, refusal);
                break;
            case ConnectForm.Disconnect:
                await ShowListAsync(http, organizationId, browser, request, carried, connection.DisplayName);
                break;
            default:
                await pages.RefuseAsync(http, ConnectionErrors.Page.Refuse());
                break;
        }
    }

    private async Task SignInAsync(HttpContext http, string organizationId, string next)
    {
        var browser = ConsoleCookie.Find(http, AuthorizeEndpoints.BrowserCookie) ?? ConsoleCookie.New();
        browser.Set(http, AuthorizeEndpoints.BrowserCookie, life: null);
        var refusal = await signIn.BeginAsync(
            http,
            browser,
            next,
            isSilent: false,
            AuthorizationServer.GetPath(organizationId, "callback")
        );
        if (refusal is not null)
        {
            await pages.RefuseAsync(http, refusal);
        }
    }

    private async Task ShowOneAsync(
        HttpContext http,
        string organizationId,
        ConsoleCookie browser,
        string connectionId,
        ConnectRequest request,
        string carried
    )
    {
        if (await pages.FindConnectionAsync(http, organizationId, connectionId) is not var (connection, tunnel))
        {
            return;
        }

        var present = await grants.FindAsync(
            connection.Id,
            new ConnectionPerson(request.Issuer, request.Subject),
            http.RequestAborted
        );
        await pages.ShowFormAsync<ConnectPage, ConnectDetails>(
            http,
            browser,
            new ConnectDetails(
                GetFormPath(organizationId),
                Connection.GetListPath(organizationId),
                carried,
                request.Name,
                connection.Id.Value,
                connection.DisplayName,
                new Uri(connection.AuthorizationEndpoint).Authority,
                connection.Route,
                tunnel.DisplayName ?? tunnel.Id.Value,
                connection.Scopes,
                present?.CreatedAt
            )
        );
    }

    /// <param name="carried">The sealed request: the list does not extend the life of the sign-in.</param>
    /// <param name="disconnected">The vendor that the person has just disconnected.</param>
    private async Task ShowListAsync(
        HttpContext http,
        string organizationId,
        ConsoleCookie browser,
        ConnectRequest request,
        string carried,
        string? disconnected = null
    )
    {
        var found = await reader.ListAsync(
            organizationId,
            new ConnectionPerson(request.Issuer, request.Subject),
            MaxShown + 1,
            http.RequestAborted
        );
        await pages.ShowFormAsync<MyConnectionsPage, MyConnectionsDetails>(
            http,
            browser,
            new MyConnectionsDetails(
                GetFormPath(organizationId),
                Connection.GetListPath(organizationId),
                carried,
                request.Name,
                [.. found.Take(MaxShown)],
                found.Count > MaxShown,
                disconnected
            )
        );
    }

    private void SendToUpstream(HttpContext http, ConsoleCookie browser, Connection connection, ConnectRequest request)
    {
        var verifier = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(VerifierBytes));
        var state = new ConnectState(
            connection.Id.Value,
            request.Issuer,
            request.Subject,
            verifier,
            request.SignedInAt,
            (time.GetUtcNow() + SignInProtocol.Life).ToUnixTimeSeconds()
        );
        List<KeyValuePair<string, string?>> parameters =
        [
            new("response_type", "code"),
            new("client_id", connection.ClientId),
            new("redirect_uri", identity.PublicUrl + connection.CallbackPath),
            new("code_challenge", Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)))),
            new("code_challenge_method", "S256"),
            new("state", values.Seal(connection.OrganizationId, browser, state)),
        ];
        if (connection.Scopes.Count > 0)
        {
            parameters.Add(new("scope", string.Join(' ', connection.Scopes)));
        }

        if (connection.Resource is { } resource)
        {
            parameters.Add(new("resource", resource));
        }

        ConsoleEndpoints.Redirect(http, QueryHelpers.AddQueryString(connection.AuthorizationEndpoint, parameters));
    }

    // Null: the person has no grant any more.
    private async ValueTask<Refusal?> DisconnectAsync(HttpContext http, Connection connection, ConnectionPerson person)
    {
        if (await grants.FindAsync(connection.Id, person, http.RequestAborted) is not { } grant)
        {
            return null;
        }

        var now = time.GetStoreNow();
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = ConnectionEvents.GrantEnded(
                    ConnectPages.CreateOrigin(http, person, now),
                    grant,
                    ConnectionEndReason.ByPerson
                ),
                Statements = [ConnectionGrantStore.EndOne(grant, now, ConnectionEndReason.ByPerson)],
            },
            http.RequestAborted
        );
        // Stale: it ended meanwhile.
        return result.IsStale ? null : result.RefusalUnlessCommitted();
    }

    // True: the request has been answered.
    private async ValueTask<bool> IsRefusedAsync(HttpContext http, string organizationId, ConnectionPerson person)
    {
        if (!await inactive.ContainsAsync(organizationId, person.Issuer, person.Subject, http.RequestAborted))
        {
            return false;
        }

        await pages.RefuseAsync(http, ConnectionErrors.PersonInactive.Refuse());
        return true;
    }

    private static string GetFormPath(string organizationId) => AuthorizationServer.GetPath(organizationId, "connect");
}
