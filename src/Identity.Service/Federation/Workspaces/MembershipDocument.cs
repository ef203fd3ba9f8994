using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Workspaces;

/// <summary>A service account's membership in a workspace on the wire.</summary>
internal sealed record MembershipDocument
{
    [JsonPropertyName("type")]
    public string Type { get; init; } = "service_account_workspace_member";

    [JsonPropertyName("service_account_id")]
    public required string ServiceAccountId { get; init; }

    [JsonPropertyName("workspace_id")]
    public required string WorkspaceId { get; init; }

    [JsonPropertyName("workspace_role")]
    public required string WorkspaceRole { get; init; }

    /// <summary>The membership of the default workspace, which every account has and which cannot be removed.</summary>
    [JsonPropertyName("implicit")]
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
