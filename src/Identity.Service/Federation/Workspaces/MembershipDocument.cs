using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Workspaces;

/// <summary>A service account's membership in a workspace on the wire.</summary>
internal sealed record MembershipDocument
{
    public string Type { get; init; } = "service_account_workspace_member";

    public required string ServiceAccountId { get; init; }

    public required string WorkspaceId { get; init; }

    public required string WorkspaceRole { get; init; }

    /// <summary>The membership of the default workspace, which every account has and which cannot be removed.</summary>
    public required bool Implicit { get; init; }

    [JsonPropertyName("created_by_actor_id")]
    public required string? CreatedBy { get; init; }

    public static MembershipDocument Of(Membership membership) =>
        new()
        {
            ServiceAccountId = membership.ServiceAccountId.Value,
            WorkspaceId = membership.WorkspaceId.Value,
            WorkspaceRole = membership.Role.Name(),
            Implicit = membership.IsImplicit,
            CreatedBy = membership.CreatedBy,
        };
}
