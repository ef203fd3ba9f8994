using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Culvert.Identity.Service.Authorization;
using Culvert.Identity.Service.Connections;
using Culvert.Identity.Service.Console;
using Culvert.Identity.Service.Console.Access;
using Culvert.Identity.Service.Console.Pages;
using Culvert.Identity.Service.Console.Sessions;
using Culvert.Identity.Service.Console.SignIn;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.PersonConnections.Pages;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;
using Microsoft.AspNetCore.WebUtilities;

namespace Culvert.Identity.Service.PersonConnections;

/// <summary>
/// The pages where a person connects a route with their account at its upstream: 1. the link sends the browser to the
/// organization's identity provider, 2. the page shows the request, 3. the form sends the browser to the upstream, 4.
/// the callback stores the grant for the person of step 1. The browser carries everything meanwhile, sealed and bound to it.
/// </summary>
internal sealed class ConnectEndpoints(
    AuthorizationServer server,
    ProviderSignIn signIn,
    TunnelStore tunnels,
    ConnectionStore connections,
    ConnectionGrantStore grants,
    UpstreamClient upstream,
    InactivePeople inactive,
    SealedValues values,
    ConsoleRenderer renderer,
    ConsoleSettings settings,
    SourceLimits limits,
    ServiceIdentity identity,
    IJournal journal,
    TimeProvider time
) : ISignInContinuation
{
    private const string RequestPurpose = "connect";
    private const string StatePurpose = "connect_state";
    private const int VerifierBytes = 32;
    private const int MaxCodeCharacters = 4096;

    public bool Continues(string organizationId, string next) =>
        next.StartsWith(Connection.GetConnectPath(organizationId), StringComparison.Ordinal);

    public async Task BeginAsync(HttpContext http)
    {
        if (await FindAsync(http, new ApiRequest(http).Route("connection_id")) is not var (connection, _))
        {
            return;
        }

        var browser = ConsoleCookie.Find(http, AuthorizeEndpoints.BrowserCookie) ?? ConsoleCookie.New();
        browser.Set(http, AuthorizeEndpoints.BrowserCookie, life: null);
        var refusal = await signIn.BeginAsync(
            http,
            browser,
            connection.ConnectPath,
            isSilent: false,
            AuthorizationServer.GetPath(connection.OrganizationId, "callback")
        );
        if (refusal is not null)
        {
            await RefuseAsync(http, refusal);
        }
    }

    public async Task ContinueAsync(
        HttpContext http,
        string organizationId,
        ConsoleCookie browser,
        ProviderAnswer answer
    )
    {
        var id = answer.Next![Connection.GetConnectPath(organizationId).Length..];
        if (await FindLiveAsync(organizationId, id, http.RequestAborted) is not var (connection, tunnel))
        {
            await RefuseAsync(http, RequestErrors.NotFound.Refuse());
            return;
        }

        if (SignedInPerson.Find(answer) is not { } person)
        {
            await RefuseAsync(http, answer.Refusal ?? ConsoleErrors.SignIn.Refuse());
            return;
        }

        if (await inactive.ContainsAsync(organizationId, person.IssuerUrl, person.Subject, http.RequestAborted))
        {
            await RefuseAsync(http, ConnectionErrors.PersonInactive.Refuse());
            return;
        }

        var now = time.GetStoreNow();
        var request = new ConnectRequest(
            connection.Id.Value,
            person.IssuerUrl,
            person.Subject,
            person.Name,
            person.ReadIssuedAt(now).ToUnixTimeSeconds(),
            (now + SignInProtocol.Life).ToUnixTimeSeconds()
        );
        var present = await grants.FindAsync(
            connection.Id,
            new ConnectionPerson(person.IssuerUrl, person.Subject),
            http.RequestAborted
        );
        http.Features.Set(
            new ConnectDetails(
                AuthorizationServer.GetPath(organizationId, "connect"),
                values.Seal(
                    RequestPurpose,
                    AuthorizeEndpoints.Bind(organizationId, browser),
                    request,
                    PersonConnectionsJson.Default.ConnectRequest
                ),
                person.Name,
                connection.DisplayName,
                new Uri(connection.AuthorizationEndpoint).Authority,
                connection.Route,
                tunnel.DisplayName ?? tunnel.Id.Value,
                connection.Scopes,
                present?.CreatedAt
            )
        );
        // Browsers apply form-action to every redirect that follows the form, also to those of the upstream.
        http.Response.Headers.ContentSecurityPolicy = ConsoleHeaders.Policy.Replace(
            "form-action 'self'; ",
            "",
            StringComparison.Ordinal
        );
        await renderer.WriteAsync(typeof(ConnectPage), CreateRequest(http, browser), StatusCodes.Status200OK);
    }

    public async Task AnswerAsync(HttpContext http)
    {
        ConsoleHeaders.Set(http.Response);
        var organizationId = new ApiRequest(http).Route("organization_id");
        if (limits.Unauthenticated.TryTake(new ApiRequest(http).Source) is { } limited)
        {
            await RefuseAsync(http, limited);
            return;
        }

        if (
            ConsoleCookie.Find(http, AuthorizeEndpoints.BrowserCookie) is not { } browser
            || await ConsoleEndpoints.ReadFormAsync(http, browser) is not { } form
            || values.Open(
                RequestPurpose,
                AuthorizeEndpoints.Bind(organizationId, browser),
                form[ConnectForm.RequestField],
                PersonConnectionsJson.Default.ConnectRequest
            )
                is not { } request
            || IsOver(request.ExpiresAt)
        )
        {
            await RefuseAsync(http, ConnectionErrors.Page.Refuse());
            return;
        }

        if (await FindAsync(http, request.ConnectionId) is not var (connection, _))
        {
            return;
        }

        switch (form[ConnectForm.AnswerField].ToString())
        {
            case ConnectForm.Connect:
                SendToUpstream(http, browser, connection, request);
                break;
            case ConnectForm.Disconnect:
                await DisconnectAsync(http, connection, request);
                break;
            default:
                await RefuseAsync(http, ConnectionErrors.Page.Refuse());
                break;
        }
    }

    /// <summary>
    /// Checks the upstream's answer: 1. no parameter is repeated, 2. the state is of this browser, this connection, and in
    /// time, 3. iss, 4. error, 5. code. The path is the connection's own, so that no other upstream's answer is taken for it.
    /// </summary>
    public async Task FinishAsync(HttpContext http)
    {
        var id = new ApiRequest(http).Route("connection_id");
        if (await FindAsync(http, id) is not var (connection, _))
        {
            return;
        }

        var query = http.Request.Query;
        var given = query["state"].ToString();
        if (
            query.Any(parameter => parameter.Value.Count > 1)
            || ConsoleCookie.Find(http, AuthorizeEndpoints.BrowserCookie) is not { } browser
            || values.Open(
                StatePurpose,
                AuthorizeEndpoints.Bind(connection.OrganizationId, browser),
                given,
                PersonConnectionsJson.Default.ConnectState
            )
                is not { } state
            || state.ConnectionId != connection.Id.Value
            || IsOver(state.ExpiresAt)
        )
        {
            await RefuseAsync(http, ConnectionErrors.Page.Refuse());
            return;
        }

        if (
            query["iss"].ToString() is { Length: > 0 } named && connection.Issuer is { } issuer && named != issuer
            || query["error"].ToString().Length > 0
            || query["code"].ToString() is not { Length: > 0 and <= MaxCodeCharacters } code
        )
        {
            await RefuseAsync(http, ConnectionErrors.Denied.Refuse());
            return;
        }

        await RedeemAsync(http, connection, state, given, code);
    }

    private async Task RedeemAsync(
        HttpContext http,
        Connection connection,
        ConnectState state,
        string text,
        string code
    )
    {
        var person = new ConnectionPerson(state.Issuer, state.Subject);
        if (await inactive.ContainsAsync(connection.OrganizationId, person.Issuer, person.Subject, http.RequestAborted))
        {
            await RefuseAsync(http, ConnectionErrors.PersonInactive.Refuse());
            return;
        }

        // What the upstream issued is stored, or revoked there, also if the browser is gone.
        var answer = await upstream.RedeemAsync(
            connection,
            code,
            state.Verifier,
            identity.PublicUrl + connection.CallbackPath,
            CancellationToken.None
        );
        if (answer.Tokens is not { } tokens)
        {
            await RefuseAsync(
                http,
                answer.IsGrantRefused ? ConnectionErrors.Denied.Refuse() : ConnectionErrors.UpstreamUnavailable.Refuse()
            );
            return;
        }

        var now = time.GetStoreNow();
        var grant = new ConnectionGrant
        {
            Id = ConnectionGrantId.New(),
            ConnectionId = connection.Id,
            OrganizationId = connection.OrganizationId,
            Person = person,
            AccessToken = tokens.AccessToken,
            RefreshToken = tokens.RefreshToken,
            Scope = tokens.Scope ?? string.Join(' ', connection.Scopes),
            SignedInAt = DateTimeOffset.FromUnixTimeSeconds(state.SignedInAt),
            CreatedAt = now,
            TokenExpiresAt = tokens.ExpiresAt,
        };
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = ConnectionEvents.Granted(CreateOrigin(http, person, now), connection, grant),
                Replay = new ReplayKey(
                    SHA256.HashData(Base64Url.DecodeFromChars(text)),
                    DateTimeOffset.FromUnixTimeSeconds(state.ExpiresAt) + FederationOptions.LongestLeeway
                ),
                Statements = grants.Replace(grant),
            },
            CancellationToken.None
        );
        var refusal =
            result.Outcome == CommitOutcome.Replayed ? ConnectionErrors.Page.Refuse() : result.RefusalUnlessCommitted();
        if (refusal is not null)
        {
            await upstream.RevokeAsync(connection, tokens.AccessToken, tokens.RefreshToken, CancellationToken.None);
            await RefuseAsync(http, refusal);
            return;
        }

        await ShowAsync(
            http,
            new ConnectResult(
                $"Your account at {connection.DisplayName} is connected",
                "Close this page, and repeat the request in your program."
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
            new(
                "state",
                values.Seal(
                    StatePurpose,
                    AuthorizeEndpoints.Bind(connection.OrganizationId, browser),
                    state,
                    PersonConnectionsJson.Default.ConnectState
                )
            ),
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

    private async Task DisconnectAsync(HttpContext http, Connection connection, ConnectRequest request)
    {
        var person = new ConnectionPerson(request.Issuer, request.Subject);
        if (await grants.FindAsync(connection.Id, person, http.RequestAborted) is { } grant)
        {
            var now = time.GetStoreNow();
            var result = await journal.CommitAsync(
                new Decision
                {
                    Event = ConnectionEvents.GrantEnded(
                        CreateOrigin(http, person, now),
                        grant,
                        ConnectionEndReason.ByPerson
                    ),
                    Statements = [ConnectionGrantStore.EndOne(grant, now, ConnectionEndReason.ByPerson)],
                },
                http.RequestAborted
            );
            // Stale: it ended meanwhile.
            if (!result.IsStale && result.RefusalUnlessCommitted() is { } unavailable)
            {
                await RefuseAsync(http, unavailable);
                return;
            }
        }

        await ShowAsync(
            http,
            new ConnectResult(
                $"Your account at {connection.DisplayName} is disconnected",
                "Programs get no more tokens for it. Close this page."
            )
        );
    }

    // Null: the request has been answered.
    private async ValueTask<(Connection Connection, Tunnel Tunnel)?> FindAsync(HttpContext http, string connectionId)
    {
        ConsoleHeaders.Set(http.Response);
        var request = new ApiRequest(http);
        var organizationId = request.Route("organization_id");
        if (limits.Unauthenticated.TryTake(request.Source) is { } limited)
        {
            await RefuseAsync(http, limited);
            return null;
        }

        if (
            await server.IsOfferedAsync(organizationId, http.RequestAborted)
            && await FindLiveAsync(organizationId, connectionId, http.RequestAborted) is { } found
        )
        {
            return found;
        }

        await RefuseAsync(http, RequestErrors.NotFound.Refuse());
        return null;
    }

    private async ValueTask<(Connection Connection, Tunnel Tunnel)?> FindLiveAsync(
        string organizationId,
        string connectionId,
        CancellationToken cancellationToken
    ) =>
        ConnectionId.TryParse(connectionId, out var id)
        && await connections.FindAsync(organizationId, id.Value, cancellationToken) is { IsArchived: false } connection
        && await tunnels.FindAsync(connection.TunnelId, cancellationToken) is { IsArchived: false } tunnel
            ? (connection, tunnel)
            : null;

    private Task ShowAsync(HttpContext http, ConnectResult result)
    {
        http.Features.Set(result);
        return renderer.WriteAsync(
            typeof(ConnectResultPage),
            CreateRequest(http, ConsoleCookie.New()),
            StatusCodes.Status200OK
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

    private bool IsOver(long expiresAt) => time.GetUtcNow() >= DateTimeOffset.FromUnixTimeSeconds(expiresAt);

    private static AuditOrigin CreateOrigin(HttpContext http, ConnectionPerson person, DateTimeOffset now)
    {
        var request = new ApiRequest(http);
        return new AuditOrigin(
            now,
            new AuditCause(ConsoleSessions.CreateActor(person.Issuer, person.Subject, request), request.RequestId)
        );
    }
}
