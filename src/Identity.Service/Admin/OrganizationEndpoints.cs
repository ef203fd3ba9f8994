using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tenants;
using Culvert.Identity.Service.Tokens.Revocations;

namespace Culvert.Identity.Service.Admin;

/// <summary>
/// <c>/v1/organizations</c>: the installation's key creates, lists and archives them (S1); other callers see only their own
/// organization.
/// </summary>
internal sealed class OrganizationEndpoints(
    TenantStore tenants,
    TokenRevoker revoker,
    IJournal journal,
    TimeProvider time
)
{
    /// <summary>Lists read all organizations at once; an operator who needs more runs a second installation.</summary>
    public const int MaxOrganizations = 1_000;

    public async ValueTask<ApiAnswer> CreateAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var bodyResult = await request.ReadJsonAsync(AdminJson.Default.CreateOrganizationRequest, cancellationToken);
        if (!bodyResult.TryGet(out var body, out var refusal))
        {
            return refusal;
        }

        if (DisplayNames.Check(body.Name) is { } invalid)
        {
            return RequestErrors.Invalid.Refuse($"name: {invalid}");
        }

        var present = await tenants.ListOrganizationsAsync(cancellationToken);
        if (present.Count(one => one.ArchivedAt is null) >= MaxOrganizations)
        {
            return OrganizationErrors.Limit.Refuse();
        }

        var (organization, workspace) = Organization.New(body.Name.Trim(), time.GetStoreNow());
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = TenantEvents.Created(
                    AuditOrigin.From(request, organization.CreatedAt),
                    organization,
                    workspace
                ),
                Statements = tenants.Insert(organization, workspace),
                Changes = ChangeTopics.Feed,
            },
            cancellationToken
        );
        return result.RefusalUnlessCommitted() is { } refused ? refused : Answer(organization);
    }

    /// <summary>All organizations for the installation's key; the caller's own one otherwise.</summary>
    public async ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var all = await tenants.ListOrganizationsAsync(cancellationToken);
        return ApiAnswer.Json(
            Pages.Whole(all.Where(one => Sees(request, one.Id)).Select(OrganizationDocument.From)),
            AdminJson.Default.PageOrganizationDocument
        );
    }

    public async ValueTask<ApiAnswer> CurrentAsync(ApiRequest request, CancellationToken cancellationToken) =>
        await tenants.FindOrganizationAsync(request.Caller.OrganizationId, cancellationToken) is { } organization
            ? Answer(organization)
            : RequestErrors.NotFound.Refuse();

    /// <summary>Disables every credential of an organization that has no tunnels and rules. Idempotent.</summary>
    public async ValueTask<ApiAnswer> ArchiveAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var id = request.Route("organization");
        if (await tenants.FindOrganizationAsync(id, cancellationToken) is not { } organization)
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (organization.Id == request.Caller.OrganizationId)
        {
            return OrganizationErrors.Own.Refuse();
        }

        var archived = organization;
        if (organization.ArchivedAt is null)
        {
            var committed = await CommitArchiveAsync(request, organization, cancellationToken);
            if (!committed.IsOk)
            {
                return committed.Refusal;
            }

            archived = committed.Value;
        }

        // Without rules, no token is issued after these. Repeated, in case an earlier request was interrupted: tokens that
        // are revoked already stay unchanged.
        var revoked = await revoker.RevokeAsync(
            AuditActor.From(request),
            request.RequestId,
            archived.Id,
            new RevocationTarget(RevocationKind.IssuedBefore, ""),
            issuedBefore: organization.ArchivedAt,
            reason: "organization archived",
            reachesMachines: true,
            cancellationToken
        );
        return revoked.IsOk ? Answer(archived) : revoked.Refusal;
    }

    private async ValueTask<Result<Organization>> CommitArchiveAsync(
        ApiRequest request,
        Organization organization,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetStoreNow();
        var archived = organization with { ArchivedAt = now };
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = TenantEvents.Archived(AuditOrigin.From(request, now), archived),
                Statements = tenants.Archive(archived.Id, now),
                Changes = ChangeTopics.Feed,
            },
            cancellationToken
        );
        return result.RefusalUnlessCommitted() is { } refusal ? refusal : archived;
    }

    public async ValueTask<ApiAnswer> WorkspacesAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var workspaces = await tenants.ListWorkspacesAsync(request.Caller.OrganizationId, cancellationToken);
        return ApiAnswer.Json(
            Pages.Whole(
                workspaces
                    .Where(workspace =>
                        request.Caller.WorkspaceId is null || request.Caller.WorkspaceId == workspace.Id.Value
                    )
                    .Select(WorkspaceDocument.From)
            ),
            AdminJson.Default.PageWorkspaceDocument
        );
    }

    private static bool Sees(ApiRequest request, string organizationId) =>
        request.Caller.OrganizationId == organizationId || request.Caller.Has(Scopes.InstallationOperate);

    private static ApiAnswer Answer(Organization organization) =>
        ApiAnswer.Json(OrganizationDocument.From(organization), AdminJson.Default.OrganizationDocument);
}
