using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tenants;

namespace Culvert.Identity.Service.Admin;

internal sealed class WorkspaceEndpoints(TenantStore tenants, IJournal journal, TimeProvider time)
{
    /// <summary>Several places read all workspaces at once; an organization needs a few.</summary>
    public const int MaxWorkspaces = 100;

    public async ValueTask<ApiAnswer> CreateAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var bodyResult = await request.ReadJsonAsync(AdminJson.Default.CreateWorkspaceRequest, cancellationToken);
        if (!bodyResult.TryGet(out var body, out var refusal))
        {
            return refusal;
        }

        if (DisplayNames.Check(body.Name) is { } invalid)
        {
            return RequestErrors.Invalid.Refuse($"name: {invalid}");
        }

        var present = await tenants.ListWorkspacesAsync(request.Caller.OrganizationId, cancellationToken);
        if (present.Count >= MaxWorkspaces)
        {
            return WorkspaceErrors.Limit.Refuse();
        }

        var workspace = new Workspace(
            WorkspaceId.New(),
            request.Caller.OrganizationId,
            body.Name,
            IsDefault: false,
            time.GetStoreNow()
        );
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = TenantEvents.WorkspaceCreated(AuditOrigin.From(request, workspace.CreatedAt), workspace),
                Statements = [tenants.Insert(workspace)],
            },
            cancellationToken
        );
        return result.RefusalUnlessCommitted() is { } unavailable ? unavailable : Answer(workspace);
    }

    public async ValueTask<ApiAnswer> GetAsync(ApiRequest request, CancellationToken cancellationToken) =>
        await tenants.FindWorkspaceAsync(request.Caller.OrganizationId, request.Route("workspace"), cancellationToken)
            is { } workspace
        && request.Caller.Sees(workspace.OrganizationId, workspace.Id.Value)
            ? Answer(workspace)
            : RequestErrors.NotFound.Refuse();

    private static ApiAnswer Answer(Workspace workspace) =>
        ApiAnswer.Json(WorkspaceDocument.From(workspace), AdminJson.Default.WorkspaceDocument);
}
