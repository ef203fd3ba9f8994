using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Servers.Policies;
using Culvert.Platform.Doctor;

namespace Culvert.Identity.Service.Status.Checks;

/// <summary>Policy drafts that wait for a second person's decision.</summary>
internal sealed class PoliciesStatus(RoutePolicyStore store) : StatusCheck("policies", PolicyOperations.List)
{
    public override async Task<IEnumerable<DoctorFinding>> RunAsync(Caller caller, CancellationToken cancellationToken)
    {
        var drafts = await store.CountDraftsAsync(
            caller.OrganizationId,
            caller.WorkspaceId,
            PageRequest.MaxLimit,
            cancellationToken
        );
        return
        [
            .. drafts.Select(draft =>
                Warning(
                    draft.TunnelId,
                    $"{Plural.Format(draft.Count, "policy draft")} of tunnel {draft.TunnelId} {(draft.Count == 1 ? "waits" : "wait")} for approval, the oldest since {draft.OldestAt:u}.",
                    $"culvert policy list {draft.TunnelId} --state draft"
                )
            ),
            Ok($"No policy waits for approval."),
        ];
    }
}
