using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Machines;

namespace Culvert.Identity.Service.Servers.Policies;

/// <summary>
/// <c>/v1/tunnels/{id}/policies</c>: versions of route policies, for the people who write and review them.
/// </summary>
internal sealed class RoutePolicyEndpoints(
    TunnelAccess access,
    RoutePolicyStore store,
    RoutePolicies policies,
    AgentReportStore reports
)
{
    private const string List = "route_policies";
    private static readonly RoutePolicyFault[] None = [];

    public async ValueTask<ApiAnswer> DraftAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync(RoutePoliciesJson.Default.DraftRoutePolicyRequest, cancellationToken);
        if (!body.TryGet(out var draft, out var refusal))
        {
            return refusal;
        }

        if (draft.Comment is { Length: > DraftRoutePolicyRequest.MaxComment })
        {
            return RequestErrors.Invalid.Refuse(
                $"comment: at most {DraftRoutePolicyRequest.MaxComment} characters are allowed."
            );
        }

        return (await access.FindLiveAsync(request, cancellationToken)).TryGet(out var tunnel, out var unknown)
            ? Answer(await policies.DraftAsync(request, tunnel, draft, cancellationToken), Lookup(None))
            : unknown;
    }

    /// <summary>Also for an archived tunnel.</summary>
    public async ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!(await access.FindAsync(request, cancellationToken)).TryGet(out var tunnel, out var unknown))
        {
            return unknown;
        }

        IReadOnlyList<string> states = request.Query("state")?.Split(',') ?? [];
        if (!states.All(RoutePolicyState.All.Contains))
        {
            return RequestErrors.Invalid.Refuse(
                $"state: one or more of {string.Join(", ", RoutePolicyState.All)} are required, separated by commas."
            );
        }

        if (!PageRequest.Read(request, List).TryGet(out var page, out var refusal))
        {
            return refusal;
        }

        var filter = new RoutePolicyFilter
        {
            TunnelId = tunnel.Id.Value,
            Hostname = request.Query("hostname"),
            States = states,
        };
        var found = await store.ListAsync(filter, page, cancellationToken);
        var faults = await FindFaultsAsync(tunnel.Id, cancellationToken);
        return ApiAnswer.Json(
            page.Cut(found, row => row.Ordinal)
                .Select(row => RoutePolicyDocument.From(row, faults) with { Text = null }),
            RoutePoliciesJson.Default.PageRoutePolicyDocument
        );
    }

    public async ValueTask<ApiAnswer> RetrieveAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var found = await FindAsync(request, cancellationToken);
        if (!found.IsOk)
        {
            return found.Refusal;
        }

        var tunnel = TunnelId.Wrap(found.Value.TunnelId);
        return Answer(found, await FindFaultsAsync(tunnel, cancellationToken));
    }

    public async ValueTask<ApiAnswer> ApproveAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await ApproveRoutePolicyRequest.ReadAsync(request, cancellationToken);
        if (!body.IsOk)
        {
            return body.Refusal;
        }

        var found = await FindAsync(request, cancellationToken);
        return found.IsOk
            ? Answer(await policies.ApproveAsync(request, found.Value, body.Value, cancellationToken), Lookup(None))
            : found.Refusal;
    }

    public ValueTask<ApiAnswer> RejectAsync(ApiRequest request, CancellationToken cancellationToken) =>
        EndAsync(request, policies.RejectAsync, cancellationToken);

    public ValueTask<ApiAnswer> WithdrawAsync(ApiRequest request, CancellationToken cancellationToken) =>
        EndAsync(request, policies.WithdrawAsync, cancellationToken);

    public async ValueTask<ApiAnswer> RollBackAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var read = await request.ReadJsonAsync(RoutePoliciesJson.Default.RollBackPolicyRequest, cancellationToken);
        if (!read.TryGet(out var body, out var refusal))
        {
            return refusal;
        }

        if (ReasonRequest.CheckOptional(body.Reason) is { } malformed)
        {
            return malformed;
        }

        return (await access.FindLiveAsync(request, cancellationToken)).TryGet(out var tunnel, out var unknown)
            ? Answer(await policies.RollBackAsync(request, tunnel, body, cancellationToken), Lookup(None))
            : unknown;
    }

    private async ValueTask<ApiAnswer> EndAsync(
        ApiRequest request,
        Func<OperationContext, RoutePolicyRow, string?, CancellationToken, ValueTask<Result<RoutePolicyRow>>> end,
        CancellationToken cancellationToken
    )
    {
        var body = await ReasonRequest.ReadAsync(request, cancellationToken);
        if (!body.IsOk)
        {
            return body.Refusal;
        }

        var found = await FindAsync(request, cancellationToken);
        return found.IsOk
            ? Answer(await end(request, found.Value, body.Value.Reason, cancellationToken), Lookup(None))
            : found.Refusal;
    }

    private async ValueTask<Result<RoutePolicyRow>> FindAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!(await access.FindAsync(request, cancellationToken)).TryGet(out var tunnel, out var refusal))
        {
            return refusal;
        }

        return
            RoutePolicyId.TryParse(request.Route("policy_id"), out var id)
            && await store.FindAsync(tunnel.Id.Value, id.Value, cancellationToken) is { } row
            ? row
            : RequestErrors.NotFound.Refuse();
    }

    // By version id, from the agents' latest reports.
    private async ValueTask<ILookup<string, RoutePolicyFault>> FindFaultsAsync(
        TunnelId tunnelId,
        CancellationToken cancellationToken
    ) =>
        (await reports.ListAsync(tunnelId, cancellationToken))
            .SelectMany(stored =>
                stored
                    .Read()
                    .Routes.Where(route => route.ServicePolicy?.Refused is not null)
                    .Select(route =>
                        (
                            route.ServicePolicy!.Refused,
                            new RoutePolicyFault(
                                InstanceId: stored.InstanceId,
                                Problem: route.ServicePolicy.Problem,
                                ReportedAt: stored.At.UtcDateTime
                            )
                        )
                    )
            )
            .ToLookup(fault => fault.Refused!, fault => fault.Item2, StringComparer.Ordinal);

    private static ILookup<string, RoutePolicyFault> Lookup(RoutePolicyFault[] faults) =>
        faults.ToLookup(fault => "", StringComparer.Ordinal);

    private static ApiAnswer Answer(Result<RoutePolicyRow> result, ILookup<string, RoutePolicyFault> faults) =>
        result.IsOk
            ? ApiAnswer.Json(
                RoutePolicyDocument.From(result.Value, faults),
                RoutePoliciesJson.Default.RoutePolicyDocument
            )
            : result.Refusal;
}
