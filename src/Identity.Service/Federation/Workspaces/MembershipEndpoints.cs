using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Federation.ServiceAccounts;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tenants;

namespace Culvert.Identity.Service.Federation.Workspaces;

/// <summary>
/// <c>/v1/organizations/service_accounts/{id}/workspaces</c> and its mirror,
/// <c>/v1/organizations/workspaces/{workspace}/service_accounts</c>.
/// </summary>
internal sealed class MembershipEndpoints(
    MembershipStore store,
    ServiceAccountStore accounts,
    TenantStore tenants,
    FederationDirectory directory,
    FederationChanges changes,
    TimeProvider time
)
{
    private const string AccountList = "service_account_workspaces";
    private const string WorkspaceList = "workspace_service_accounts";

    /// <summary>The workspaces of an account; the implicit membership comes first, outside the page's limit.</summary>
    public async ValueTask<ApiAnswer> ListOfAccountAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!PageRequest.Read(request, AccountList, FederationJson.MaxPage).TryGet(out var page, out var refusal))
        {
            return refusal;
        }

        if (await AccountAsync(request, request.Route("id"), cancellationToken) is not { } account)
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (account.IsArchived)
        {
            return Answer(Pages.Whole<Membership>([]));
        }

        var found = await store.ListOfAccountAsync(account.Id.Value, page, cancellationToken);
        var members = page.Cut(found, row => row.Ordinal).Select(row => row.Value);
        var home = await tenants.DefaultWorkspaceAsync(account.OrganizationId, cancellationToken);
        if (
            page.Before == long.MaxValue
            && await store.FindAsync(account.Id.Value, home.Id.Value, cancellationToken) is null
        )
        {
            members = members with { Data = [Implicit(account, home), .. members.Data] };
        }

        return Answer(members);
    }

    public async ValueTask<ApiAnswer> ListOfWorkspaceAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!PageRequest.Read(request, WorkspaceList, FederationJson.MaxPage).TryGet(out var page, out var refusal))
        {
            return refusal;
        }

        if (await WorkspaceAsync(request, request.Route("workspace"), cancellationToken) is not { } workspace)
        {
            return RequestErrors.NotFound.Refuse();
        }

        var found = await store.ListOfWorkspaceAsync(workspace.Id.Value, page, cancellationToken);
        return Answer(page.Cut(found, row => row.Ordinal).Select(row => row.Value));
    }

    public async ValueTask<ApiAnswer> GetAsync(ApiRequest request, CancellationToken cancellationToken) =>
        await PathAsync(request, cancellationToken) is ({ IsArchived: false } account, { } workspace)
        && await PresentAsync(account, workspace, cancellationToken) is { } membership
            ? Answer(membership)
            : RequestErrors.NotFound.Refuse();

    public async ValueTask<ApiAnswer> AddToAccountAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var bodyResult = await request.ReadJsonAsync(FederationJson.Default.AddWorkspaceRequest, cancellationToken);
        if (!bodyResult.TryGet(out var body, out var refusal))
        {
            return refusal;
        }

        if (await AccountAsync(request, request.Route("id"), cancellationToken) is not { } account)
        {
            return RequestErrors.NotFound.Refuse();
        }

        return await WorkspaceAsync(request, body.WorkspaceId, cancellationToken) is { } workspace
            ? await PutAsync(request, account, workspace, body.WorkspaceRole, cancellationToken)
            : FederationErrors.Reference.Refuse("workspace_id: unknown workspace.");
    }

    public async ValueTask<ApiAnswer> AddToWorkspaceAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var bodyResult = await request.ReadJsonAsync(FederationJson.Default.AddMemberRequest, cancellationToken);
        if (!bodyResult.TryGet(out var body, out var refusal))
        {
            return refusal;
        }

        if (await WorkspaceAsync(request, request.Route("workspace"), cancellationToken) is not { } workspace)
        {
            return RequestErrors.NotFound.Refuse();
        }

        return await AccountAsync(request, body.ServiceAccountId, cancellationToken) is { } account
            ? await PutAsync(request, account, workspace, body.WorkspaceRole, cancellationToken)
            : FederationErrors.Reference.Refuse("service_account_id: unknown service account.");
    }

    public async ValueTask<ApiAnswer> UpdateAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var bodyResult = await request.ReadJsonAsync(FederationJson.Default.UpdateMemberRequest, cancellationToken);
        if (!bodyResult.TryGet(out var body, out var refusal))
        {
            return refusal;
        }

        if (
            await PathAsync(request, cancellationToken) is not ({ } account, { } workspace)
            || await PresentAsync(account, workspace, cancellationToken) is not { } present
        )
        {
            return RequestErrors.NotFound.Refuse();
        }

        return present.IsImplicit
            ? FederationErrors.ImplicitMembership.Refuse()
            : await PutAsync(request, account, workspace, body.WorkspaceRole, cancellationToken);
    }

    /// <summary>Idempotent; the default workspace's implicit membership stays.</summary>
    public async ValueTask<ApiAnswer> RemoveAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (await PathAsync(request, cancellationToken) is not ({ } account, { } workspace))
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (await store.FindAsync(account.Id.Value, workspace.Id.Value, cancellationToken) is { } present)
        {
            var change = Audited(request, AuditEvents.ServiceAccountMemberRemoved, present);
            var refused = await changes.CommitAsync(
                change,
                [store.Remove(account.Id, workspace.Id)],
                cancellationToken
            );
            if (refused is not null)
            {
                return refused;
            }
        }

        return ApiAnswer.Json(
            new MembershipDeletedDocument(ServiceAccountId: account.Id.Value, WorkspaceId: workspace.Id.Value),
            FederationJson.Default.MembershipDeletedDocument
        );
    }

    private async ValueTask<ApiAnswer> PutAsync(
        ApiRequest request,
        ServiceAccount account,
        Workspace workspace,
        string roleName,
        CancellationToken cancellationToken
    )
    {
        if (WireNames.Find<WorkspaceRole>(roleName) is not { } role)
        {
            return RequestErrors.Invalid.Refuse($"workspace_role: one of {WorkspaceRoles.All} is required.");
        }

        if (account.IsArchived)
        {
            return FederationErrors.Archived.Refuse("The service account is archived.");
        }

        var present = await PresentAsync(account, workspace, cancellationToken);
        if (await CheckCallerAsync(request.Caller, account, present?.Role, role, cancellationToken) is { } notGrantable)
        {
            return notGrantable;
        }

        var explicitly = present is { IsImplicit: false } ? present : null;
        var membership = new Membership(
            account.Id,
            workspace.Id,
            role,
            explicitly?.CreatedAt ?? time.GetStoreNow(),
            explicitly?.CreatedBy ?? request.Caller.ActorId
        );
        if (explicitly?.Role == role)
        {
            return Answer(membership);
        }

        var name = explicitly is null ? AuditEvents.ServiceAccountMemberAdded : AuditEvents.ServiceAccountMemberUpdated;
        var change = Audited(request, name, membership, explicitly?.Role);
        return await changes.CommitAsync(change, store.Put(membership), cancellationToken) is { } refused
            ? refused
            : Answer(membership);
    }

    // A role activates other authors' rules: a workload may raise it only within its own rights.
    private async ValueTask<Refusal?> CheckCallerAsync(
        Caller caller,
        ServiceAccount account,
        WorkspaceRole? before,
        WorkspaceRole after,
        CancellationToken cancellationToken
    )
    {
        if (caller.Kind == CallerKind.AdminKey || after <= before)
        {
            return null;
        }

        if (await directory.TryRefreshAsync(cancellationToken) is { } unavailable)
        {
            return unavailable;
        }

        // The scopes of a version in audit count too: it takes effect without another check of roles.
        var scopes = directory
            .Current.RulesFor(account.Id)
            .SelectMany(rule =>
                rule.Candidate is { } next ? rule.Rule.Scopes.Concat(next.Rule.Scopes) : rule.Rule.Scopes
            );
        return GrantRights.Lacking(caller, scopes) is { } error
            ? FederationErrors.ScopeNotGrantable.Refuse($"workspace_role: {error}")
            : null;
    }

    private async ValueTask<Membership?> PresentAsync(
        ServiceAccount account,
        Workspace workspace,
        CancellationToken cancellationToken
    ) =>
        await store.FindAsync(account.Id.Value, workspace.Id.Value, cancellationToken)
        ?? (workspace.IsDefault ? Implicit(account, workspace) : null);

    private static Membership Implicit(ServiceAccount account, Workspace workspace) =>
        new(account.Id, workspace.Id, WorkspaceRole.User, account.Stamps.CreatedAt, CreatedBy: null, IsImplicit: true);

    private async ValueTask<(ServiceAccount?, Workspace?)> PathAsync(
        ApiRequest request,
        CancellationToken cancellationToken
    ) =>
        (
            await AccountAsync(request, request.Route("id"), cancellationToken),
            await WorkspaceAsync(request, request.Route("workspace"), cancellationToken)
        );

    private ValueTask<ServiceAccount?> AccountAsync(
        ApiRequest request,
        string id,
        CancellationToken cancellationToken
    ) => accounts.FindAsync(request.Caller.OrganizationId, id, cancellationToken);

    private ValueTask<Workspace?> WorkspaceAsync(ApiRequest request, string id, CancellationToken cancellationToken) =>
        tenants.FindWorkspaceAsync(request.Caller.OrganizationId, id, cancellationToken);

    private MembershipAudited Audited(
        ApiRequest request,
        string name,
        Membership membership,
        WorkspaceRole? before = null
    ) => new(name, AuditOrigin.From(request, time.GetUtcNow()), request.Caller.OrganizationId, membership, before);

    private static ApiAnswer Answer(Page<Membership> members) =>
        ApiAnswer.Json(members.Select(MembershipDocument.From), FederationJson.Default.PageMembershipDocument);

    private static ApiAnswer Answer(Membership membership) =>
        ApiAnswer.Json(MembershipDocument.From(membership), FederationJson.Default.MembershipDocument);
}
