using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Servers.Calls;

namespace Culvert.Identity.Service.Status.Checks;

internal sealed class ApprovalsStatus(CallApprovalStore store, TimeProvider time) : IStatusCheck
{
    public string Name => "approvals";

    public bool IsShownTo(Caller caller) => StatusRights.MayRead(caller, CallApprovalOperations.ListAll);

    public async ValueTask<IReadOnlyList<StatusFinding>> RunAsync(Caller caller, CancellationToken cancellationToken)
    {
        var (count, first) = await store.CountPendingAsync(
            caller.OrganizationId,
            caller.WorkspaceId,
            time.GetUtcNow(),
            cancellationToken
        );
        return
        [
            first is { } end
                ? StatusFinding.Warning(
                    subject: null,
                    $"{Plural.Of(count, "call")} {(count == 1 ? "waits" : "wait")} for a person's approval; the first request expires at {end:u}.",
                    "culvert approvals list --state pending"
                )
                : StatusFinding.Ok($"No call waits for approval."),
        ];
    }
}
