using System.Collections.Frozen;
using Culvert.Identity.Service.Federation.ServiceAccounts;

namespace Culvert.Identity.Service.Federation.Workspaces;

internal sealed class AccountRoles(FrozenDictionary<string, WorkspaceRole> roles)
{
    public static readonly AccountRoles None = new(FrozenDictionary<string, WorkspaceRole>.Empty);

    public Rights In(string workspaceId, ServiceAccount account, string defaultWorkspaceId) =>
        Rights.From(
            account,
            roles.TryGetValue(workspaceId, out var role) ? role : null,
            workspaceId == defaultWorkspaceId
        );
}
