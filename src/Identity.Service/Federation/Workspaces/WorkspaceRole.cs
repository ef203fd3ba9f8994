using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Workspaces;

/// <summary>What a service account may do in one workspace, from least to most.</summary>
internal enum WorkspaceRole
{
    /// <summary>Use: enrol named agents, read bundles, request certificates.</summary>
    [JsonStringEnumMemberName("workspace_user")]
    User,

    /// <summary>As <see cref="User"/>: what distinguishes this role elsewhere does not exist here.</summary>
    [JsonStringEnumMemberName("workspace_restricted_developer")]
    RestrictedDeveloper,

    /// <summary>Use, and manage the workspace's tunnels.</summary>
    [JsonStringEnumMemberName("workspace_developer")]
    Developer,

    /// <summary>As <see cref="Developer"/>: only the organization changes memberships.</summary>
    [JsonStringEnumMemberName("workspace_admin")]
    Admin,
}
