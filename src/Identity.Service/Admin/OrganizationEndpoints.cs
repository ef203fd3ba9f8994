using Culvert.Identity.Service.Hosting;

namespace Culvert.Identity.Service.Admin;

/// <summary>What a caller may learn about its own organization.</summary>
internal static class OrganizationEndpoints
{
    public static async ValueTask<ApiAnswer> CurrentAsync(
        ITenantStore tenants,
        ApiRequest request,
        CancellationToken cancellationToken
    )
    {
        var organization = await tenants.FindOrganizationAsync(request.Caller.OrganizationId, cancellationToken);
        return organization is null
            ? RequestErrors.NotFound.Refuse()
            : ApiAnswer.Json(
                new OrganizationDocument { Id = organization.Id, Name = organization.Name },
                AdminJson.Default.OrganizationDocument
            );
    }

    public static async ValueTask<ApiAnswer> WorkspacesAsync(
        ITenantStore tenants,
        ApiRequest request,
        CancellationToken cancellationToken
    )
    {
        var workspaces = await tenants.ListWorkspacesAsync(request.Caller.OrganizationId, cancellationToken);
        return ApiAnswer.Json(
            new WorkspaceListDocument
            {
                Data =
                [
                    .. workspaces
                        .Where(workspace =>
                            request.Caller.WorkspaceId is null || request.Caller.WorkspaceId == workspace.Id.Value
                        )
                        .Select(WorkspaceDocument.Of),
                ],
            },
            AdminJson.Default.WorkspaceListDocument
        );
    }
}
