using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Policy.Approvals;
using Culvert.Tunnel.Agent.Policy.Arguments;
using Culvert.Tunnel.Agent.Policy.Budgets;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Policy;

/// <summary>An exchange under a policy, from the decision to its record.</summary>
/// <param name="hasPlace">False if the trail had no room, so that the record counts as lost.</param>
internal sealed class PolicyCall(
    RoutePolicy policy,
    CallRecord record,
    IAuditTrail trail,
    Refusals refusals,
    TimeProvider time,
    bool hasPlace
)
{
    private readonly long startedAt = time.GetTimestamp();

    public RoutePolicy Policy => policy;

    public CallRecord Record => record;

    /// <summary>Whether the message is of a revision without sessions.</summary>
    public bool IsModern { get; set; }

    public LimitCount? Lease { get; set; }

    public BudgetLedger? Budgets { get; init; }

    public ApprovalService? Approvals { get; init; }

    public AnswerFilter? Filter { get; set; }

    /// <summary>
    /// Sends the client the reason why its answer does not continue, if that is still possible: as the answer, or as the
    /// last event of a stream. Counts the refusal. False: the answer must be cut off.
    /// </summary>
    public async ValueTask<bool> TryExplainAsync(Exchange exchange, Failure failure)
    {
        if (Filter is null || exchange.ClientGone.IsCancellationRequested)
        {
            return false;
        }

        record.Decision = "refuse";
        record.Reason = failure.Reason;
        if (!exchange.Response.HasStarted && !Filter.HasPassed)
        {
            await refusals.RefuseAsync(exchange, record.Route, failure);
            return true;
        }

        if (Filter.IsEventStream && failure.RpcCode is { } code && !record.Id.IsEmpty)
        {
            var requestId = refusals.Count(record.Route, failure);
            await Filter.EndStreamAsync(OwnAnswer.FormatRpc(code, failure, requestId, record.Id), exchange.ClientGone);
            return true;
        }

        return false;
    }

    public async ValueTask<BudgetVerdict> ChargeAsync(
        Exchange exchange,
        PolicyRule rule,
        LimitKey key,
        CallArguments? arguments
    )
    {
        if (rule.Budget is not { } budget)
        {
            return default;
        }

        // The rule allows no call whose amount cannot be read.
        if (
            Budgets is null
            || arguments is null
            || budget.Of.Find(arguments.Root, out var value) != PointerResult.Found
            || !Amount.TryRead(value, out var amount)
        )
        {
            return new BudgetVerdict(PolicyFailures.BudgetUnavailable, 0, null);
        }

        var verdict = await Budgets.ChargeAsync(record.Route, rule, key, amount);
        if (verdict.Charge is not null)
        {
            var (ledger, charge) = (Budgets, verdict.Charge);
            exchange.Refund = () => ledger.TakeBack(charge);
        }

        return verdict;
    }

    /// <summary>
    /// Null if the rule requires no approval, or if the call is approved, which uses up the approval. In observe mode
    /// no approval is requested.
    /// </summary>
    public async ValueTask<Failure?> CheckApprovalAsync(
        Exchange exchange,
        PolicyRule rule,
        CancellationToken cancellationToken
    )
    {
        if (rule.Approval is not { } approval)
        {
            return null;
        }

        if (policy.Mode != PolicyMode.Enforce)
        {
            return ApprovalFailures.Required;
        }

        if (Approvals is null)
        {
            return ApprovalFailures.Unavailable;
        }

        var body = exchange.HeldBody!;
        var message = body.Message;
        var dialogue = IsModern && approval.Page is not null ? PageDialogue.Read(message) : default;
        if (dialogue.IsDeclined)
        {
            return ApprovalFailures.Required;
        }

        if (dialogue.HasAnswer)
        {
            message = body.Replace(PageDialogue.RemoveAnswer(message));
        }

        var verdict = await Approvals.AskAsync(record, rule, message, CallInputs.Read(exchange), cancellationToken);
        record.Approval = verdict.Id;
        return dialogue.CanAsk ? ApprovalFailures.WithPage(verdict.Failure, approval.Page) : verdict.Failure;
    }

    public void Leave()
    {
        if (Lease is not null)
        {
            policy.Limits.Leave(Lease);
            Lease = null;
        }
    }

    /// <summary>Writes the record and releases what the call held.</summary>
    public void End(Exchange exchange)
    {
        Leave();
        record.DurationMs = time.GetElapsedTime(startedAt).TotalMilliseconds;
        if (Filter is { } filter)
        {
            record.UpstreamMs = filter.FirstByteAt is { } first
                ? time.GetElapsedTime(startedAt, first).TotalMilliseconds
                : null;
            (record.ResponseBytes, record.Hidden, record.IsError) = (filter.Bytes, filter.Hidden, filter.IsError);
            record.Seen = filter.Seen;
            filter.Dispose();
        }

        record.Status = exchange.Response.StatusCode;
        record.Failure = exchange.Response.Headers[HeaderRules.Reason].ToString();
        record.End =
            record.Decision is "deny" or "refuse" ? "refused"
            : exchange.IsBrokenOff ? "broken_off"
            : exchange.IsCut ? "client_gone"
            : "completed";
        if (hasPlace)
        {
            trail.Add(record);
        }
        else
        {
            trail.CountLost(record);
        }
    }
}
