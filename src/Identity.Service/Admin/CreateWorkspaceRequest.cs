namespace Culvert.Identity.Service.Admin;

internal sealed record CreateWorkspaceRequest(string Name);
