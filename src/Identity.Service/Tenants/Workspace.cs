using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Tenants;

internal sealed record Workspace(
    WorkspaceId Id,
    string OrganizationId,
    string Name,
    bool IsDefault,
    DateTimeOffset CreatedAt
);
