using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Workspaces;

/// <summary>A service account's membership in a workspace on the wire.</summary>
/// <param name="Implicit">
/// The membership of the default workspace, which every account has and which cannot be removed.
/// </param>
internal sealed record MembershipDocument(
    string ServiceAccountId,
    string WorkspaceId,
    string WorkspaceRole,
    bool Implicit,
    [property: JsonPropertyName("created_by_actor_id")] string? CreatedBy
)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; init; } = "service_account_workspace_member";

    public static MembershipDocument From(Membership membership) =>
        new(
            ServiceAccountId: membership.ServiceAccountId.Value,
            WorkspaceId: membership.WorkspaceId.Value,
            WorkspaceRole: membership.Role.Name(),
            Implicit: membership.IsImplicit,
            CreatedBy: membership.CreatedBy
        );
}
