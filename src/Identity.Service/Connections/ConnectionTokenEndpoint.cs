using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Tokens;
using Culvert.Identity.Service.Tunnels;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Connections;

/// <summary><c>POST /v1/agent/connection_tokens</c>: agents, for routes of their own tunnel.</summary>
internal sealed class ConnectionTokenEndpoint(
    TunnelStore tunnels,
    ConnectionStore connections,
    ConnectionTokens tokens,
    IssuerStore issuers,
    ServiceIdentity identity
)
{
    private const int MaxCharacters = 2048;

    public async ValueTask<ApiAnswer> PostAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync(WireJson.Default.ConnectionTokenRequest, cancellationToken);
        if (!body.TryGet(out var wanted, out var refusal))
        {
            return refusal;
        }

        foreach (
            var (member, text) in new[]
            {
                ("route", wanted.Route),
                ("issuer", wanted.Issuer),
                ("subject", wanted.Subject),
            }
        )
        {
            if (text.Length is 0 or > MaxCharacters)
            {
                return RequestErrors.Invalid.Refuse($"{member}: 1 to {MaxCharacters} characters are required.");
            }
        }

        if (wanted.RefusedTokenHash is { Length: 0 or > MaxCharacters })
        {
            return RequestErrors.Invalid.Refuse($"refused_token_hash: 1 to {MaxCharacters} characters are required.");
        }

        var peer = request.Peer;
        if (await tunnels.FindAsync(peer, cancellationToken) is not { } tunnel)
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (await connections.FindOfRouteAsync(tunnel.Id.Value, wanted.Route, cancellationToken) is not { } connection)
        {
            return ConnectionErrors.Unknown.Refuse();
        }

        if (connection.IsArchived || tunnel.IsArchived)
        {
            return ConnectionErrors.Archived.Refuse();
        }

        var person = await FindPersonAsync(tunnel.OrganizationId, wanted, cancellationToken);
        var answer = await tokens.GetAsync(
            AuditCause.From(peer, request),
            connection,
            person,
            wanted.RefusedTokenHash,
            cancellationToken
        );
        return answer.IsOk ? ApiAnswer.Json(answer.Value, WireJson.Default.ConnectionTokenAnswer) : answer.Refusal;
    }

    // The same person with a token of their identity provider and with one of the organization's authorization server.
    private async ValueTask<ConnectionPerson> FindPersonAsync(
        string organizationId,
        ConnectionTokenRequest caller,
        CancellationToken cancellationToken
    ) =>
        caller.Issuer == OrganizationIssuer.GetUrl(identity.PublicUrl, organizationId)
        && PersonSubject.TryParse(caller.Subject, out var issuerId, out var subject)
        && await issuers.FindAsync(organizationId, issuerId, cancellationToken) is { } issuer
            ? new ConnectionPerson(issuer.Url, subject)
            : new ConnectionPerson(caller.Issuer, caller.Subject);
}
