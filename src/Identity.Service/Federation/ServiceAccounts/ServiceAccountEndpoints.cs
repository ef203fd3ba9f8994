using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation.ServiceAccounts;

/// <summary><c>/v1/organizations/service_accounts</c>.</summary>
internal sealed class ServiceAccountEndpoints(ServiceAccountStore store, FederationChanges changes, TimeProvider time)
{
    private const string List = "service_accounts";

    public async ValueTask<ApiAnswer> CreateAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var bodyResult = await request.ReadJsonAsync(
            FederationJson.Default.CreateServiceAccountRequest,
            cancellationToken
        );
        if (!bodyResult.TryGet(out var body, out var refusal))
        {
            return refusal;
        }

        var error = FederationNames.CheckName(body.Name) ?? FederationNames.CheckDescription(body.Description);
        if (error is not null)
        {
            return RequestErrors.Invalid.Refuse(error);
        }

        var wantedRole = body.OrganizationRole ?? OrganizationRole.Developer.Name();
        if (WireNames.Find<OrganizationRole>(wantedRole) is not { } role)
        {
            return UnknownRole();
        }

        if (CheckGrant(request.Caller, role) is { } notGrantable)
        {
            return notGrantable;
        }

        var account = new ServiceAccount
        {
            Id = ServiceAccountId.New(),
            OrganizationId = request.Caller.OrganizationId,
            Name = body.Name,
            Description = body.Description ?? "",
            Role = role,
            Stamps = ChangeStamps.Created(time.GetStoreNow(), request.Caller.ActorId),
        };
        var change = Audited(request, AuditEvents.ServiceAccountCreated, account);
        return await changes.CommitAsync(change, [store.Insert(account)], cancellationToken) is { } refused
            ? refused
            : Answer(account);
    }

    public async ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!PageRequest.Read(request, List, FederationJson.MaxPage).TryGet(out var page, out var refusal))
        {
            return refusal;
        }

        var found = await store.ListAsync(request.Caller.OrganizationId, page, cancellationToken);
        return ApiAnswer.Json(
            page.Cut(found, row => row.Ordinal).Select(row => ServiceAccountDocument.From(row.Value)),
            FederationJson.Default.PageServiceAccountDocument
        );
    }

    public async ValueTask<ApiAnswer> GetAsync(ApiRequest request, CancellationToken cancellationToken) =>
        await FindAsync(request, cancellationToken) is { } account ? Answer(account) : RequestErrors.NotFound.Refuse();

    public async ValueTask<ApiAnswer> UpdateAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var bodyResult = await request.ReadJsonAsync(
            FederationJson.Default.UpdateServiceAccountRequest,
            cancellationToken
        );
        if (!bodyResult.TryGet(out var body, out var refusal))
        {
            return refusal;
        }

        if (await FindAsync(request, cancellationToken) is not { } account)
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (account.IsArchived)
        {
            return FederationErrors.Archived.Refuse();
        }

        if (FederationNames.CheckDescription(body.Description.Value) is { } error)
        {
            return RequestErrors.Invalid.Refuse(error);
        }

        var role = account.Role;
        if (body.OrganizationRole.IsSet)
        {
            if (WireNames.Find<OrganizationRole>(body.OrganizationRole.Value) is not { } given)
            {
                return UnknownRole();
            }

            role = given;
        }

        if (role != account.Role && CheckGrant(request.Caller, role) is { } notGrantable)
        {
            return notGrantable;
        }

        var updated = account with
        {
            Description = body.Description.IsSet ? body.Description.Value ?? "" : account.Description,
            Role = role,
            Version = account.Version + 1,
            Stamps = account.Stamps.Updated(time.GetStoreNow(), request.Caller.ActorId),
        };
        var change = Audited(request, AuditEvents.ServiceAccountUpdated, updated);
        return await changes.CommitAsync(change, [store.Update(updated)], cancellationToken) is { } refused
            ? refused
            : Answer(updated);
    }

    public async ValueTask<ApiAnswer> ArchiveAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!(await ReasonRequest.ReadAsync(request, cancellationToken)).TryGet(out var wanted, out var refusal))
        {
            return refusal;
        }

        if (await FindAsync(request, cancellationToken) is not { } account)
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (account.IsArchived)
        {
            return Answer(account);
        }

        var archived = account with
        {
            Version = account.Version + 1,
            Stamps = account.Stamps.Archived(time.GetStoreNow(), request.Caller.ActorId),
        };
        var change = Audited(request, AuditEvents.ServiceAccountArchived, archived, wanted.Reason);
        return await changes.CommitAsync(change, store.Archive(archived), cancellationToken) is { } refused
            ? refused
            : Answer(archived);
    }

    // A workload may create only developers: otherwise it could create an account with more rights than its own.
    private static Refusal? CheckGrant(Caller caller, OrganizationRole role) =>
        role == OrganizationRole.Admin && caller.Kind != CallerKind.AdminKey
            ? FederationErrors.ScopeNotGrantable.Refuse("organization_role: only an admin key may grant admin.")
            : null;

    private static Refusal UnknownRole() =>
        RequestErrors.Invalid.Refuse("organization_role: developer or admin is required.");

    private ValueTask<ServiceAccount?> FindAsync(ApiRequest request, CancellationToken cancellationToken) =>
        store.FindAsync(request.Caller.OrganizationId, request.Route("id"), cancellationToken);

    private ServiceAccountAudited Audited(
        ApiRequest request,
        string name,
        ServiceAccount account,
        string? reason = null
    ) => new(name, AuditOrigin.From(request, time.GetUtcNow()), account, reason);

    private static ApiAnswer Answer(ServiceAccount account) =>
        ApiAnswer.Json(ServiceAccountDocument.From(account), FederationJson.Default.ServiceAccountDocument);
}
