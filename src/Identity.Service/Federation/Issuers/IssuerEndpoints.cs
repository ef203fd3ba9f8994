using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary><c>/v1/organizations/federation_issuers</c>.</summary>
internal sealed class IssuerEndpoints(
    IssuerStore store,
    IssuerValidator validator,
    IssuerGuard guard,
    IssuerAddresses addresses,
    IIssuerControlStore controlStore,
    IssuerControls controls,
    FederationDirectory directory,
    FederationChanges changes,
    TimeProvider time
)
{
    private const string List = "federation_issuers";

    public async ValueTask<ApiAnswer> CreateAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var bodyResult = await request.ReadJsonAsync(FederationJson.Default.CreateIssuerRequest, cancellationToken);
        if (!bodyResult.IsOk)
        {
            return bodyResult.Refusal;
        }

        var body = bodyResult.Value;

        var stamps = ChangeStamps.Created(time.GetStoreNow(), request.Caller.ActorId);
        var issuerResult = IssuerReader.Create(body, request.Caller.OrganizationId, stamps);
        if (!issuerResult.IsOk)
        {
            return issuerResult.Refusal;
        }

        var issuer = issuerResult.Value;

        if (
            (validator.Check(issuer) ?? await addresses.CheckAsync(issuer, request.Caller, cancellationToken)) is
            { } invalid
        )
        {
            return invalid;
        }

        var change = Audited(request, AuditEvents.FederationIssuerCreated, issuer);
        return await changes.CommitAsync(change, [store.Insert(issuer)], cancellationToken) is { } refused
            ? refused
            : Answer(issuer);
    }

    public async ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var pageResult = PageRequest.Read(request, List, FederationJson.MaxPage);
        if (!pageResult.IsOk)
        {
            return pageResult.Refusal;
        }

        var page = pageResult.Value;

        var found = await store.ListAsync(request.Caller.OrganizationId, page, cancellationToken);
        return ApiAnswer.Json(
            page.Cut(found, row => row.Ordinal).Select(row => DocumentOf(row.Value)),
            FederationJson.Default.PageIssuerDocument
        );
    }

    public async ValueTask<ApiAnswer> GetAsync(ApiRequest request, CancellationToken cancellationToken) =>
        await FindAsync(request, cancellationToken) is { } issuer ? Answer(issuer) : RequestErrors.NotFound.Refuse();

    public async ValueTask<ApiAnswer> UpdateAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var bodyResult = await request.ReadJsonAsync(FederationJson.Default.UpdateIssuerRequest, cancellationToken);
        if (!bodyResult.IsOk)
        {
            return bodyResult.Refusal;
        }

        var body = bodyResult.Value;

        if (body.JwksPollingDisabled == true)
        {
            return RequestErrors.Invalid.Refuse("jwks_polling_disabled: only false is accepted.");
        }

        if (await FindAsync(request, cancellationToken) is not { } issuer)
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (issuer.IsArchived)
        {
            return FederationErrors.Archived.Refuse();
        }

        var changedResult = IssuerReader.Update(body, issuer);
        if (!changedResult.IsOk)
        {
            return changedResult.Refusal;
        }

        var changed = changedResult.Value;

        var updated = changed with
        {
            Version = issuer.Version + 1,
            Stamps = issuer.Stamps.Updated(time.GetStoreNow(), request.Caller.ActorId),
        };
        var (forbidden, conditions) = await guard.CheckAsync(request.Caller, issuer, updated, cancellationToken);
        var invalid =
            validator.Check(updated)
            ?? forbidden
            ?? (
                IsFetchedAlike(issuer, updated)
                    ? null
                    : await addresses.CheckAsync(updated, request.Caller, cancellationToken)
            );
        if (invalid is not null)
        {
            return invalid;
        }

        var change = Audited(request, AuditEvents.FederationIssuerUpdated, updated);
        List<Statement> statements = [store.Update(updated), .. conditions];
        var topics = ChangeTopics.Federation | ChangeTopics.Feed;
        if (body.JwksPollingDisabled == false)
        {
            statements.Add(controlStore.Resume(updated.Id));
            topics |= ChangeTopics.IssuerKeys;
        }

        return await changes.CommitAsync(change, statements, topics, cancellationToken) is { } refused
            ? refused
            : Answer(updated);
    }

    public async ValueTask<ApiAnswer> ArchiveAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (await FindAsync(request, cancellationToken) is not { } issuer)
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (issuer.IsArchived)
        {
            return Answer(issuer);
        }

        var archived = issuer with
        {
            Version = issuer.Version + 1,
            Stamps = issuer.Stamps.Archived(time.GetStoreNow(), request.Caller.ActorId),
        };
        var change = Audited(request, AuditEvents.FederationIssuerArchived, archived);
        return await changes.CommitAsync(change, store.Archive(archived), cancellationToken) is { } refused
            ? refused
            : Answer(archived);
    }

    private static bool IsFetchedAlike(Issuer before, Issuer after) =>
        before.Url == after.Url
        && before.KeySource == after.KeySource
        && before.AllowedTargets.SequenceEqual(after.AllowedTargets);

    private ValueTask<Issuer?> FindAsync(ApiRequest request, CancellationToken cancellationToken) =>
        store.FindAsync(request.Caller.OrganizationId, request.Route("id"), cancellationToken);

    private IssuerAudited Audited(ApiRequest request, string name, Issuer issuer) =>
        new(name, issuer)
        {
            At = time.GetUtcNow(),
            Actor = AuditActor.Of(request),
            OrganizationId = issuer.OrganizationId,
            RequestId = request.RequestId,
            Resources = [new AuditResource("federation_issuer", issuer.Id.Value)],
        };

    private IssuerDocument DocumentOf(Issuer issuer) =>
        IssuerDocument.Of(issuer, directory.Current.KeysOf(issuer.Id)?.PollStatus(), controls.Of(issuer.Id));

    private ApiAnswer Answer(Issuer issuer) =>
        ApiAnswer.Json(DocumentOf(issuer), FederationJson.Default.IssuerDocument);
}
