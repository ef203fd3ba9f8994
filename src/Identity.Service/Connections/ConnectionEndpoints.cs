using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tokens.Assertions;
using Culvert.Identity.Service.Tunnels;

namespace Culvert.Identity.Service.Connections;

/// <summary><c>/v1/connections</c>.</summary>
internal sealed class ConnectionEndpoints(
    TunnelStore tunnels,
    ConnectionStore store,
    ConnectionGrantStore grants,
    ConnectionCheck check,
    UpstreamDiscovery discovery,
    AssertionSigner signer,
    ServiceIdentity identity,
    IJournal journal,
    TimeProvider time
)
{
    public const int MaxConnections = 256;

    private const string List = "connections";
    private const string GrantList = "connection_grants";

    public async ValueTask<ApiAnswer> CreateAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync(ConnectionsJson.Default.CreateConnectionRequest, cancellationToken);
        if (!body.TryGet(out var wanted, out var refusal))
        {
            return refusal;
        }

        if (check.Find(wanted) is { } malformed)
        {
            return malformed;
        }

        if (
            !TunnelId.TryParse(wanted.TunnelId, out var tunnelId)
            || await tunnels.FindAsync(tunnelId.Value, cancellationToken) is not { } tunnel
            || !request.Caller.Sees(tunnel.OrganizationId, tunnel.WorkspaceId)
        )
        {
            return RequestErrors.Invalid.Refuse("tunnel_id: no tunnel of the organization has this id.");
        }

        if (tunnel.IsArchived)
        {
            return TunnelErrors.Archived.Refuse();
        }

        if (!(await discovery.CompleteAsync(wanted, cancellationToken)).TryGet(out wanted, out refusal))
        {
            return refusal;
        }

        if (WireNames.Parse<ConnectionClientAuth>(wanted.ClientAuth) == ConnectionClientAuth.PrivateKeyJwt)
        {
            await signer.PrepareAsync(cancellationToken);
        }

        var id = ConnectionId.New();
        var connection = new Connection
        {
            Id = id,
            OrganizationId = request.Caller.OrganizationId,
            TunnelId = tunnel.Id.Value,
            Route = wanted.Route,
            DisplayName = wanted.DisplayName,
            Issuer = wanted.Issuer,
            AuthorizationEndpoint = wanted.AuthorizationEndpoint!,
            TokenEndpoint = wanted.TokenEndpoint!,
            RevocationEndpoint = wanted.RevocationEndpoint,
            ClientId = wanted.ClientId,
            ClientAuth = WireNames.Parse<ConnectionClientAuth>(wanted.ClientAuth),
            SealedClientSecret = wanted.ClientSecret is { } secret ? store.SealSecret(id, secret) : null,
            ClientSecretSetAt = wanted.ClientSecret is null ? null : time.GetStoreNow(),
            Scopes = wanted.Scopes,
            Resource = wanted.Resource,
            CaCertificatePem = wanted.CaCertPem,
            AllowedTargets = ConnectionCheck.ReadTargets(wanted.AllowedTargets) ?? [],
            Stamps = ChangeStamps.Created(time.GetStoreNow(), request.Caller.ActorId),
        };
        return await CommitAsync(
            request,
            AuditEvents.ConnectionCreated,
            connection,
            [store.Insert(connection, MaxConnections)],
            cancellationToken
        );
    }

    public async ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!PageRequest.Read(request, List).TryGet(out var page, out var refusal))
        {
            return refusal;
        }

        var found = await store.ListAsync(request.Caller.OrganizationId, page, cancellationToken);
        return ApiAnswer.Json(
            page.Cut(found, row => row.Ordinal).Select(row => ConnectionDocument.From(row.Value, identity.PublicUrl)),
            ConnectionsJson.Default.PageConnectionDocument
        );
    }

    public async ValueTask<ApiAnswer> GetAsync(ApiRequest request, CancellationToken cancellationToken) =>
        await FindAsync(request, cancellationToken) is { } connection
            ? Answer(connection)
            : RequestErrors.NotFound.Refuse();

    public async ValueTask<ApiAnswer> UpdateAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync(ConnectionsJson.Default.UpdateConnectionRequest, cancellationToken);
        if (!body.TryGet(out var wanted, out var refusal))
        {
            return refusal;
        }

        if (await FindAsync(request, cancellationToken) is not { } connection)
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (connection.IsArchived)
        {
            return ConnectionErrors.Archived.Refuse();
        }

        var updated = connection with
        {
            DisplayName = wanted.DisplayName.IsSet ? wanted.DisplayName.Value ?? "" : connection.DisplayName,
            Scopes = wanted.Scopes ?? connection.Scopes,
            Version = connection.Version + 1,
            Stamps = connection.Stamps.Updated(time.GetStoreNow(), request.Caller.ActorId),
        };
        if (
            (ConnectionCheck.FindName(updated.DisplayName) ?? ConnectionCheck.FindScopes(updated.Scopes)) is
            { } malformed
        )
        {
            return malformed;
        }

        if (wanted.ClientSecret.IsSet)
        {
            if (ConnectionCheck.FindSecret(connection.ClientAuth, wanted.ClientSecret.Value) is { } unfit)
            {
                return unfit;
            }

            updated = updated with
            {
                SealedClientSecret = store.SealSecret(connection.Id, wanted.ClientSecret.Value!),
                ClientSecretSetAt = updated.Stamps.UpdatedAt,
            };
        }

        return await CommitAsync(
            request,
            AuditEvents.ConnectionUpdated,
            updated,
            [store.Update(updated)],
            cancellationToken,
            replacesSecret: wanted.ClientSecret.IsSet
        );
    }

    /// <summary>Idempotent.</summary>
    public async ValueTask<ApiAnswer> ArchiveAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!(await ReasonRequest.ReadAsync(request, cancellationToken)).TryGet(out var wanted, out var refusal))
        {
            return refusal;
        }

        if (await FindAsync(request, cancellationToken) is not { } connection)
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (connection.IsArchived)
        {
            return Answer(connection);
        }

        var now = time.GetStoreNow();
        var archived = connection with
        {
            Version = connection.Version + 1,
            Stamps = connection.Stamps.Archived(now, request.Caller.ActorId),
        };
        return await CommitAsync(
            request,
            AuditEvents.ConnectionArchived,
            archived,
            [store.Update(archived), ConnectionGrantStore.EndOfConnection(connection.Id, now)],
            cancellationToken,
            wanted.Reason
        );
    }

    public async ValueTask<ApiAnswer> ListGrantsAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!PageRequest.Read(request, GrantList).TryGet(out var page, out var refusal))
        {
            return refusal;
        }

        if (await FindAsync(request, cancellationToken) is not { } connection)
        {
            return RequestErrors.NotFound.Refuse();
        }

        var found = await grants.ListAsync(connection.Id, page, cancellationToken);
        return ApiAnswer.Json(
            page.Cut(found, row => row.Ordinal).Select(row => ConnectionGrantDocument.From(row.Value)),
            ConnectionsJson.Default.PageConnectionGrantDocument
        );
    }

    public async ValueTask<ApiAnswer> RevokeGrantAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!(await ReasonRequest.ReadAsync(request, cancellationToken)).TryGet(out var wanted, out var refusal))
        {
            return refusal;
        }

        if (
            await FindAsync(request, cancellationToken) is not { } connection
            || !ConnectionGrantId.TryParse(request.Route("grant_id"), out var id)
            || await grants.FindAsync(connection.Id, id.Value, cancellationToken) is not { } grant
        )
        {
            return RequestErrors.NotFound.Refuse();
        }

        var now = time.GetStoreNow();
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = ConnectionEvents.GrantEnded(
                    AuditOrigin.From(request, now),
                    grant,
                    ConnectionEndReason.ByAdministrator,
                    wanted.Reason
                ),
                Statements = [ConnectionGrantStore.EndOne(grant, now, ConnectionEndReason.ByAdministrator)],
            },
            cancellationToken
        );
        return result.IsStale ? RequestErrors.NotFound.Refuse()
            : result.RefusalUnlessCommitted() is { } unavailable ? unavailable
            : ApiAnswer.Json(ConnectionGrantDocument.From(grant), ConnectionsJson.Default.ConnectionGrantDocument);
    }

    private async ValueTask<Connection?> FindAsync(ApiRequest request, CancellationToken cancellationToken) =>
        ConnectionId.TryParse(request.Route("connection_id"), out var id)
            ? await store.FindAsync(request.Caller.OrganizationId, id.Value, cancellationToken)
            : null;

    private async ValueTask<ApiAnswer> CommitAsync(
        ApiRequest request,
        string name,
        Connection connection,
        IReadOnlyList<Statement> statements,
        CancellationToken cancellationToken,
        string? reason = null,
        bool replacesSecret = false
    )
    {
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = ConnectionEvents.Changed(
                    name,
                    AuditOrigin.From(request, time.GetUtcNow()),
                    connection,
                    reason,
                    replacesSecret
                ),
                Statements = statements,
            },
            cancellationToken
        );
        return result.RefusalUnlessCommitted() is { } refusal ? refusal : Answer(connection);
    }

    private ApiAnswer Answer(Connection connection) =>
        ApiAnswer.Json(
            ConnectionDocument.From(connection, identity.PublicUrl),
            ConnectionsJson.Default.ConnectionDocument
        );
}
