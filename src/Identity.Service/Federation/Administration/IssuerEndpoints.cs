using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation.Administration;

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
        if (!bodyResult.TryGet(out var body, out var refusal))
        {
            return refusal;
        }

        var stamps = ChangeStamps.Created(time.GetStoreNow(), request.Caller.ActorId);
        if (!IssuerReader.Create(body, request.Caller.OrganizationId, stamps).TryGet(out var issuer, out refusal))
        {
            return refusal;
        }

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
        if (!PageRequest.Read(request, List, FederationJson.MaxPage).TryGet(out var page, out var refusal))
        {
            return refusal;
        }

        var found = await store.ListAsync(request.Caller.OrganizationId, page, cancellationToken);
        return ApiAnswer.Json(
            page.Cut(found, row => row.Ordinal).Select(row => ToDocument(row.Value)),
            FederationJson.Default.PageIssuerDocument
        );
    }

    public async ValueTask<ApiAnswer> GetAsync(ApiRequest request, CancellationToken cancellationToken) =>
        await FindAsync(request, cancellationToken) is { } issuer ? Answer(issuer) : RequestErrors.NotFound.Refuse();

    public async ValueTask<ApiAnswer> UpdateAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var bodyResult = await request.ReadJsonAsync(FederationJson.Default.UpdateIssuerRequest, cancellationToken);
        if (!bodyResult.TryGet(out var body, out var refusal))
        {
            return refusal;
        }

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

        if (!IssuerReader.Update(body, issuer).TryGet(out var changed, out refusal))
        {
            return refusal;
        }

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

    private AuditEvent Audited(ApiRequest request, string name, Issuer issuer) =>
        IssuerEvents.Changed(name, AuditOrigin.From(request, time.GetUtcNow()), issuer);

    private IssuerDocument ToDocument(Issuer issuer) =>
        IssuerDocument.From(issuer, directory.Current.FindKeys(issuer.Id)?.PollStatus(), controls.Get(issuer.Id));

    private ApiAnswer Answer(Issuer issuer) =>
        ApiAnswer.Json(ToDocument(issuer), FederationJson.Default.IssuerDocument);
}
