using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Servers.Calls;
using Culvert.Platform.Doctor;

namespace Culvert.Identity.Service.Status.Checks;

internal sealed class ApprovalsStatus(CallApprovalStore store, TimeProvider time)
    : StatusCheck("approvals", CallApprovalOperations.ListAll)
{
    public override async Task<IEnumerable<DoctorFinding>> RunAsync(Caller caller, CancellationToken cancellationToken)
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
                ? Warning(
                    subject: null,
                    $"{Plural.Format(count, "call")} {(count == 1 ? "waits" : "wait")} for a person's approval; the first request expires at {end:u}.",
                    "culvert approvals list --state pending"
                )
                : Ok($"No call waits for approval."),
        ];
    }
}
