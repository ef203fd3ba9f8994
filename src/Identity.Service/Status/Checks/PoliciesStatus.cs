using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Servers.Policies;

namespace Culvert.Identity.Service.Status.Checks;

/// <summary>Policy drafts that wait for a second person's decision.</summary>
internal sealed class PoliciesStatus(RoutePolicyStore store) : IStatusCheck
{
    public string Name => "policies";

    public bool IsShownTo(Caller caller) => StatusRights.MayRead(caller, PolicyOperations.List);

    public async ValueTask<IReadOnlyList<StatusFinding>> RunAsync(Caller caller, CancellationToken cancellationToken)
    {
        var drafts = await store.CountDraftsAsync(
            caller.OrganizationId,
            caller.WorkspaceId,
            PageRequest.MaxLimit,
            cancellationToken
        );
        return drafts.Count == 0
            ? [StatusFinding.Ok($"No policy waits for approval.")]
            :
            [
                .. drafts.Select(draft =>
                    StatusFinding.Warning(
                        draft.TunnelId,
                        $"{Plural.Of(draft.Count, "policy draft")} of tunnel {draft.TunnelId} {(draft.Count == 1 ? "waits" : "wait")} for approval, the oldest since {draft.OldestAt:u}.",
                        $"culvert policy list {draft.TunnelId} --state draft"
                    )
                ),
            ];
    }
}
