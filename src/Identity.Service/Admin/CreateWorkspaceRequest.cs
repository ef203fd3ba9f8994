namespace Culvert.Identity.Service.Admin;

internal sealed record CreateWorkspaceRequest
{
    public required string Name { get; init; }
}
