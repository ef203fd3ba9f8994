using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary><c>/v1/organizations/federation_issuers</c>.</summary>
internal sealed class IssuerEndpoints(
    IIssuerStore store,
    IssuerValidator validator,
    FederationDirectory directory,
    FederationChanges changes,
    TimeProvider time
)
{
    private const string List = "federation_issuers";

    public async ValueTask<ApiAnswer> CreateAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var (body, refusal) = await request.ReadJsonAsync(
            FederationJson.Default.CreateIssuerRequest,
            cancellationToken
        );
        if (body is null)
        {
            return refusal!;
        }

        var stamps = ChangeStamps.Created(time.GetStoreNow(), request.Caller.ActorId);
        var (issuer, malformed) = IssuerReader.Create(body, request.Caller.OrganizationId, stamps);
        if (issuer is null)
        {
            return malformed!;
        }

        if (validator.Check(issuer) is { } invalid)
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
        var (page, refusal) = PageRequest.Read(request, List, FederationJson.MaxPage);
        if (page is null)
        {
            return refusal!;
        }

        var found = await store.ListAsync(request.Caller.OrganizationId, page, cancellationToken);
        var (rows, next) = page.Cut(found, row => row.Ordinal);
        return ApiAnswer.Json(
            new IssuerListDocument { Data = [.. rows.Select(row => DocumentOf(row.Value))], NextPage = next },
            FederationJson.Default.IssuerListDocument
        );
    }

    public async ValueTask<ApiAnswer> GetAsync(ApiRequest request, CancellationToken cancellationToken) =>
        await FindAsync(request, cancellationToken) is { } issuer ? Answer(issuer) : RequestErrors.NotFound.Refuse();

    public async ValueTask<ApiAnswer> UpdateAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var (body, refusal) = await request.ReadJsonAsync(
            FederationJson.Default.UpdateIssuerRequest,
            cancellationToken
        );
        if (body is null)
        {
            return refusal!;
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

        var (changed, malformed) = IssuerReader.Update(body, issuer);
        if (changed is null)
        {
            return malformed!;
        }

        var updated = changed with
        {
            Version = issuer.Version + 1,
            Stamps = issuer.Stamps.Updated(time.GetStoreNow(), request.Caller.ActorId),
        };
        if ((validator.Check(updated) ?? CheckRules(updated) ?? CheckCaller(request.Caller, updated)) is { } invalid)
        {
            return invalid;
        }

        var change = Audited(request, AuditEvents.FederationIssuerUpdated, updated);
        return await changes.CommitAsync(change, [store.Update(updated)], cancellationToken) is { } refused
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

    // An issuer that becomes a shared platform must not leave rules behind that admit the platform's every customer.
    private Refusal? CheckRules(Issuer updated) =>
        directory
            .Current.VersionsOf(updated.Id)
            .Select(rule => Rules.SharedIssuers.CheckTenantPin(updated.Url, rule.Match))
            .FirstOrDefault(refusal => refusal is not null);

    // Whoever sets an issuer's keys can mint any token of it: nobody must do so where rules grant more than they hold.
    private Refusal? CheckCaller(Caller caller, Issuer updated) =>
        directory.Current.VersionsOf(updated.Id).All(rule => rule.Scopes.All(scope => Holds(caller, scope)))
            ? null
            : FederationErrors.ScopeNotGrantable.Refuse(
                "Nobody may change an issuer whose rules grant more than the caller holds."
            );

    private static bool Holds(Caller caller, string scope) =>
        (caller.Kind, scope) switch
        {
            (CallerKind.AdminKey, Scopes.EdgeServe or Scopes.OrganizationAdmin) => caller.Has(
                Scopes.InstallationOperate
            ),
            (CallerKind.AdminKey, _) => true,
            _ => caller.Scopes.Contains(scope),
        };

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
        IssuerDocument.Of(issuer, directory.Current.KeysOf(issuer.Id)?.PollStatus());

    private ApiAnswer Answer(Issuer issuer) =>
        ApiAnswer.Json(DocumentOf(issuer), FederationJson.Default.IssuerDocument);
}
