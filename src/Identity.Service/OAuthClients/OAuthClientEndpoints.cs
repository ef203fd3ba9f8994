using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.OAuthClients;

/// <summary><c>/v1/oauth/clients</c>.</summary>
internal sealed class OAuthClientEndpoints(OAuthClientStore store, IJournal journal, TimeProvider time)
{
    public const int MaxClients = 256;

    private const string List = "oauth_clients";

    public async ValueTask<ApiAnswer> CreateAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync(OAuthClientsJson.Default.CreateOAuthClientRequest, cancellationToken);
        if (!body.TryGet(out var wanted, out var refusal))
        {
            return refusal;
        }

        var client = new RegisteredClient
        {
            Id = OAuthClientId.New(),
            OrganizationId = request.Caller.OrganizationId,
            Name = wanted.Name,
            RedirectUris = wanted.RedirectUris,
            RequiresDpop = wanted.RequireDpop,
            Stamps = ChangeStamps.Created(time.GetStoreNow(), request.Caller.ActorId),
        };
        return Check(client) is { } malformed
            ? malformed
            : await CommitAsync(
                request,
                AuditEvents.OAuthClientCreated,
                client,
                store.Insert(client, MaxClients),
                reason: null,
                cancellationToken
            );
    }

    public async ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!PageRequest.Read(request, List).TryGet(out var page, out var refusal))
        {
            return refusal;
        }

        // Programs choose their names: a list that commands search for a name has those of administrators alone, unless asked.
        var registrar = request.Query("registered_by") is { } asked
            ? WireNames.Find<RegisteredBy>(asked)
            : RegisteredBy.Administrator;
        if (registrar is not { } registeredBy)
        {
            return RequestErrors.Invalid.Refuse($"registered_by: {WireNames.All<RegisteredBy>()} is required.");
        }

        var found = await store.ListAsync(request.Caller.OrganizationId, registeredBy, page, cancellationToken);
        return ApiAnswer.Json(
            page.Cut(found, row => row.Ordinal).Select(row => OAuthClientDocument.From(row.Value)),
            OAuthClientsJson.Default.PageOAuthClientDocument
        );
    }

    public async ValueTask<ApiAnswer> GetAsync(ApiRequest request, CancellationToken cancellationToken) =>
        await FindAsync(request, cancellationToken) is { } client ? Answer(client) : RequestErrors.NotFound.Refuse();

    public async ValueTask<ApiAnswer> UpdateAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync(OAuthClientsJson.Default.UpdateOAuthClientRequest, cancellationToken);
        if (!body.TryGet(out var wanted, out var refusal))
        {
            return refusal;
        }

        if (await FindAsync(request, cancellationToken) is not { } client)
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (client.IsArchived)
        {
            return OAuthClientErrors.Archived.Refuse();
        }

        if (client.RegisteredBy == RegisteredBy.Client)
        {
            return OAuthClientErrors.SelfRegistered.Refuse();
        }

        var updated = client with
        {
            Name = wanted.Name.IsSet ? wanted.Name.Value ?? "" : client.Name,
            RedirectUris = wanted.RedirectUris ?? client.RedirectUris,
            RequiresDpop = wanted.RequireDpop.IsSet ? wanted.RequireDpop.Value : client.RequiresDpop,
            Version = client.Version + 1,
            Stamps = client.Stamps.Updated(time.GetStoreNow(), request.Caller.ActorId),
        };
        return Check(updated) is { } malformed
            ? malformed
            : await CommitAsync(
                request,
                AuditEvents.OAuthClientUpdated,
                updated,
                store.Update(updated),
                reason: null,
                cancellationToken
            );
    }

    /// <summary>Idempotent.</summary>
    public async ValueTask<ApiAnswer> ArchiveAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!(await ReasonRequest.ReadAsync(request, cancellationToken)).TryGet(out var wanted, out var refusal))
        {
            return refusal;
        }

        if (await FindAsync(request, cancellationToken) is not { } client)
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (client.IsArchived)
        {
            return Answer(client);
        }

        var archived = client with
        {
            Version = client.Version + 1,
            Stamps = client.Stamps.Archived(time.GetStoreNow(), request.Caller.ActorId),
        };
        return await CommitAsync(
            request,
            AuditEvents.OAuthClientArchived,
            archived,
            store.Update(archived),
            wanted.Reason,
            cancellationToken
        );
    }

    private static Refusal? Check(RegisteredClient client)
    {
        if (!ClientDocumentReader.IsVisible(client.Name))
        {
            return RequestErrors.Invalid.Refuse(
                $"name: 1 to {ClientDocumentReader.MaxNameCharacters} visible characters are required."
            );
        }

        return RedirectUris.CheckAll(client.RedirectUris, RedirectUris.MaxCount) is { } problem
            ? OAuthClientErrors.RedirectUri.Refuse($"redirect_uris: {problem}")
            : null;
    }

    private async ValueTask<RegisteredClient?> FindAsync(ApiRequest request, CancellationToken cancellationToken) =>
        OAuthClientId.TryParse(request.Route("client_id"), out var id)
            ? await store.FindAsync(request.Caller.OrganizationId, id.Value, cancellationToken)
            : null;

    private async ValueTask<ApiAnswer> CommitAsync(
        ApiRequest request,
        string name,
        RegisteredClient client,
        Statement statement,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = new OAuthClientAudited(name, AuditOrigin.From(request, time.GetUtcNow()), client, reason),
                Statements = [statement],
                // Nodes cache clients until the revision rises.
                Changes = ChangeTopics.Feed,
            },
            cancellationToken
        );
        return result.RefusalUnlessCommitted() is { } refusal ? refusal : Answer(client);
    }

    private static ApiAnswer Answer(RegisteredClient client) =>
        ApiAnswer.Json(OAuthClientDocument.From(client), OAuthClientsJson.Default.OAuthClientDocument);
}
