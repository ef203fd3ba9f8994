using System.Buffers.Text;
using System.Security.Cryptography;
using Culvert.Identity.Service.Authorization;
using Culvert.Identity.Service.Connections;
using Culvert.Identity.Service.Console.Sessions;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.PersonConnections.Pages;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.PersonConnections;

/// <summary>The upstream's answer: stores the grant for the person whom the state names.</summary>
internal sealed class ConnectCallback(
    ConnectPages pages,
    ConnectValues values,
    ConnectionGrantStore grants,
    UpstreamClient upstream,
    InactivePeople inactive,
    ServiceIdentity identity,
    IJournal journal,
    TimeProvider time
)
{
    private const int MaxCodeCharacters = 4096;

    /// <summary>
    /// Checks the upstream's answer: 1. no parameter is repeated, 2. the state is of this browser, this connection, and in
    /// time, 3. iss, 4. error, 5. code. The path is the connection's own, so that no other upstream's answer is taken for it.
    /// </summary>
    public async Task FinishAsync(HttpContext http)
    {
        if (
            await pages.FindOrganizationAsync(http) is not { } organizationId
            || await pages.FindConnectionAsync(http, organizationId, new ApiRequest(http).Route("connection_id"))
                is not var (connection, _)
        )
        {
            return;
        }

        var query = http.Request.Query;
        var given = query["state"].ToString();
        if (
            query.Any(parameter => parameter.Value.Count > 1)
            || ConsoleCookie.Find(http, AuthorizeEndpoints.BrowserCookie) is not { } browser
            || values.OpenState(organizationId, browser, given) is not { } state
            || state.ConnectionId != connection.Id.Value
        )
        {
            await pages.RefuseAsync(http, ConnectionErrors.Page.Refuse());
            return;
        }

        if (
            query["iss"].ToString() is { Length: > 0 } named && connection.Issuer is { } issuer && named != issuer
            || query["error"].ToString().Length > 0
            || query["code"].ToString() is not { Length: > 0 and <= MaxCodeCharacters } code
        )
        {
            await pages.RefuseAsync(http, ConnectionErrors.Denied.Refuse());
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
            await pages.RefuseAsync(http, ConnectionErrors.PersonInactive.Refuse());
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
            await pages.RefuseAsync(
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
                Event = ConnectionEvents.Granted(ConnectPages.CreateOrigin(http, person, now), connection, grant),
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
            await pages.RefuseAsync(http, refusal);
            return;
        }

        await pages.ShowAsync<ConnectResultPage, ConnectResult>(
            http,
            new ConnectResult(connection.DisplayName, Connection.GetListPath(connection.OrganizationId))
        );
    }
}
