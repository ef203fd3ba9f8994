using Culvert.Identity.Service.Tenants;

namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>
/// A token is for one workspace: the requested one if the rule covers it. Without a request it is the rule's only
/// workspace, or else the organization's default if covered.
/// </summary>
internal sealed class WorkspaceIsCovered(TenantStore workspaces) : IAssertionCheck
{
    public string Step => AssertionSteps.Grant;

    public void Describe(AssertionContext context, TraceStep step)
    {
        step.ServiceAccount = context.Rule.Account.Id.Value;
        step.Workspace = context.WorkspaceId;
    }

    public async ValueTask<Denial?> CheckAsync(AssertionContext context, CancellationToken cancellationToken)
    {
        var rule = context.Rule;
        var requested = context.Request.WorkspaceId;
        if (requested is null && !rule.Rule.AppliesToAllWorkspaces && rule.Rule.WorkspaceIds.Count == 1)
        {
            context.WorkspaceId = rule.Rule.WorkspaceIds[0];
            return null;
        }

        var wanted = requested is null or ExchangeRequest.DefaultWorkspace ? rule.DefaultWorkspaceId : requested;
        var covered = rule.Rule.AppliesToAllWorkspaces
            ? wanted == rule.DefaultWorkspaceId
                || await workspaces.HasWorkspaceAsync(rule.Rule.OrganizationId, wanted, cancellationToken)
            : rule.Rule.WorkspaceIds.Contains(wanted);
        if (!covered)
        {
            return new Denial(requested is null ? DenialReason.WorkspaceIdRequired : DenialReason.WorkspaceNotCovered);
        }

        context.WorkspaceId = wanted;
        return null;
    }
}
