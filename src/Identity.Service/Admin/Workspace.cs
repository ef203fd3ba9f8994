using Culvert.Identity.Service.Hosting;

namespace Culvert.Identity.Service.Admin;

internal sealed record Workspace(
    WorkspaceId Id,
    string OrganizationId,
    string Name,
    bool IsDefault,
    DateTimeOffset CreatedAt
);
