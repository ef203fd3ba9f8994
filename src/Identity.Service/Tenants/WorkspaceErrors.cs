using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Tenants;

internal static class WorkspaceErrors
{
    public static readonly ErrorCode NameTaken = new(
        "workspace.name_taken",
        409,
        "The name is in use.",
        "Another workspace of the organization has that name.",
        "Choose another name."
    );

    public static readonly ErrorCode Limit = new(
        "workspace.limit",
        400,
        "The organization has the maximum number of workspaces.",
        "An organization has at most 100 workspaces.",
        "Use one of the existing workspaces."
    );
}
