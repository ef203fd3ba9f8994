using Culvert.Identity.Service.Approvals;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Tunnels;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Servers.Calls;

/// <summary>
/// <c>POST /v1/agent/approvals</c> for agents; <c>/v1/approvals</c> and <c>/v1/tunnels/{id}/approvals</c> for the people who
/// decide.
/// </summary>
internal sealed class CallApprovalEndpoints(
    TunnelAccess access,
    TunnelStore tunnels,
    CallApprovalStore store,
    CallApprovals approvals,
    PersonIdentification persons,
    TimeProvider time
)
{
    private const string List = "call_approvals";

    public async ValueTask<ApiAnswer> RequestAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync(
            WireJson.Default.CallApprovalRequest,
            cancellationToken,
            CallApprovalCheck.MaxBodyBytes
        );
        if (!body.TryGet(out var call, out var refusal))
        {
            return refusal;
        }

        if (CallApprovalCheck.FindRefusal(call) is { } bad)
        {
            return bad;
        }

        var peer = request.Peer;
        if (await tunnels.FindAsync(peer, cancellationToken) is null)
        {
            return RequestErrors.NotFound.Refuse();
        }

        var result = await approvals.RequestAsync(peer, AuditCause.From(peer, request), call, cancellationToken);
        return result.IsOk ? ApiAnswer.Json(result.Value, WireJson.Default.CallApprovalAnswer) : result.Refusal;
    }

    /// <summary>Lists the requests of one tunnel, which may be archived.</summary>
    public async ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken) =>
        (await access.FindAsync(request, cancellationToken)).TryGet(out var tunnel, out var refusal)
            ? await ListAsync(
                request,
                new CallApprovalFilter { OrganizationId = tunnel.OrganizationId, TunnelId = tunnel.Id.Value },
                cancellationToken
            )
            : refusal;

    /// <summary>Lists the requests of all tunnels that the caller may see.</summary>
    public ValueTask<ApiAnswer> ListAllAsync(ApiRequest request, CancellationToken cancellationToken) =>
        ListAsync(
            request,
            new CallApprovalFilter
            {
                OrganizationId = request.Caller.OrganizationId,
                WorkspaceId = request.Caller.WorkspaceId,
                TunnelId = request.Query("tunnel_id"),
            },
            cancellationToken
        );

    public async ValueTask<ApiAnswer> RetrieveAsync(ApiRequest request, CancellationToken cancellationToken) =>
        Answer(await FindAsync(request, cancellationToken));

    public ValueTask<ApiAnswer> ApproveAsync(ApiRequest request, CancellationToken cancellationToken) =>
        DecideAsync(request, approvals.ApproveAsync, cancellationToken);

    public ValueTask<ApiAnswer> RejectAsync(ApiRequest request, CancellationToken cancellationToken) =>
        DecideAsync(request, approvals.RejectAsync, cancellationToken);

    private async ValueTask<ApiAnswer> ListAsync(
        ApiRequest request,
        CallApprovalFilter filter,
        CancellationToken cancellationToken
    )
    {
        IReadOnlyList<string> states = request.Query("state")?.Split(',') ?? [];
        if (!states.All(CallApprovalState.All.Contains))
        {
            return RequestErrors.Invalid.Refuse(
                $"state: one or more of {string.Join(", ", CallApprovalState.All)} are required, separated by commas."
            );
        }

        if (!PageRequest.Read(request, List).TryGet(out var page, out var refusal))
        {
            return refusal;
        }

        var now = time.GetUtcNow();
        var found = await store.ListAsync(filter with { States = states }, page, now, cancellationToken);
        return ApiAnswer.Json(
            page.Cut(found, row => row.Ordinal).Select(row => CallApprovalDocument.From(row, now)),
            CallApprovalsJson.Default.PageCallApprovalDocument
        );
    }

    private async ValueTask<ApiAnswer> DecideAsync(
        ApiRequest request,
        Func<CallDecider, CallApprovalRow, string?, CancellationToken, ValueTask<Result<CallApprovalRow>>> decide,
        CancellationToken cancellationToken
    )
    {
        var body = await ReasonRequest.ReadAsync(request, cancellationToken);
        if (!body.IsOk)
        {
            return body.Refusal;
        }

        var found = await FindAsync(request, cancellationToken);
        if (!found.IsOk)
        {
            return found.Refusal;
        }

        if (PersonIdentification.CheckIsPerson(request.Caller) is { } workload)
        {
            return workload;
        }

        var decider = new CallDecider(
            request.Caller.ActorId,
            await persons.OfAsync(request.Caller, cancellationToken),
            request.Cause
        );
        return Answer(await decide(decider, found.Value, body.Value.Reason, cancellationToken));
    }

    private async ValueTask<Result<CallApprovalRow>> FindAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!(await access.FindAsync(request, cancellationToken)).TryGet(out var tunnel, out var refusal))
        {
            return refusal;
        }

        return
            CallApprovalId.TryParse(request.Route("approval_id"), out var id)
            && await store.FindAsync(tunnel.Id.Value, id.Value, cancellationToken) is { } row
            ? row
            : RequestErrors.NotFound.Refuse();
    }

    private ApiAnswer Answer(Result<CallApprovalRow> result) =>
        result.IsOk
            ? ApiAnswer.Json(
                CallApprovalDocument.From(result.Value, time.GetUtcNow()),
                CallApprovalsJson.Default.CallApprovalDocument
            )
            : result.Refusal;
}
