using System.Collections.Frozen;
using Culvert.Identity.Service.Federation.ServiceAccounts;

namespace Culvert.Identity.Service.Federation.Workspaces;

/// <summary>A service account's explicit roles, by workspace. Shared by all its rules.</summary>
internal sealed class AccountRoles(FrozenDictionary<string, WorkspaceRole> roles)
{
    public static readonly AccountRoles None = new(FrozenDictionary<string, WorkspaceRole>.Empty);

    public Rights In(string workspaceId, ServiceAccount account, string defaultWorkspaceId) =>
        Rights.Of(
            account,
            roles.TryGetValue(workspaceId, out var role) ? role : null,
            workspaceId == defaultWorkspaceId
        );
}
