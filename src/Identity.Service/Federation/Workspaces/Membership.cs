using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Federation.Workspaces;

/// <summary>A service account's role in a workspace.</summary>
/// <param name="CreatedBy">Null for the implicit membership.</param>
/// <param name="IsImplicit">The membership of the default workspace that every account has.</param>
internal sealed record Membership(
    ServiceAccountId ServiceAccountId,
    WorkspaceId WorkspaceId,
    WorkspaceRole Role,
    DateTimeOffset CreatedAt,
    string? CreatedBy,
    bool IsImplicit = false
);
