using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Policy;

/// <summary>One exchange under a policy, from the decision to its record.</summary>
/// <param name="policy">Of the route.</param>
/// <param name="record">What is known of it so far.</param>
/// <param name="trail">Where the record goes.</param>
/// <param name="refusals">Counts those of the answer.</param>
/// <param name="time">The clock of its duration.</param>
/// <param name="hasPlace">False: the trail had no place, so the record is counted as lost.</param>
internal sealed class PolicyCall(
    RoutePolicy policy,
    CallRecord record,
    IAuditTrail trail,
    Refusals refusals,
    TimeProvider time,
    bool hasPlace
) : ExchangeCall
{
    private readonly long startedAt = time.GetTimestamp();
    private bool hasEnded;
    private Failure? explained;

    public RoutePolicy Policy => policy;

    public CallRecord Record => record;

    /// <summary>Whether its message is of a revision without sessions.</summary>
    public bool IsModern { get; set; }

    public LimitCount? Lease { get; set; }

    public AnswerFilter? Filter { get; set; }

    public override Failure? AnswerFailure => Filter?.Failure;

    public override Failure? LateFailure(ExchangeDeadline deadline) =>
        EndsAt is { } end && deadline.IsPast(end) ? PolicyFailures.TimedOut : null;

    public override async ValueTask<Failure?> TryExplainAsync(Exchange exchange, ExchangeDeadline? deadline)
    {
        if (explained is not null)
        {
            return explained;
        }

        var failure = Filter?.Failure ?? (deadline is null ? null : LateFailure(deadline));
        if (failure is null || Filter is null || exchange.ClientGone.IsCancellationRequested)
        {
            return null;
        }

        record.Decision = "refuse";
        record.Reason = failure.Reason;
        if (!exchange.Response.HasStarted && !Filter.HasPassed)
        {
            await refusals.RefuseAsync(exchange, record.Route, failure);
            return explained = failure;
        }

        if (Filter.IsEventStream && failure.RpcCode is { } code && !Id.IsEmpty)
        {
            var requestId = refusals.Count(record.Route, failure);
            await Filter.EndStreamAsync(OwnAnswer.FormatRpc(code, failure, requestId, Id), exchange.ClientGone);
            return explained = failure;
        }

        return null;
    }

    public override void End(Exchange exchange)
    {
        if (hasEnded)
        {
            return;
        }

        hasEnded = true;
        if (Lease is not null)
        {
            policy.Limits.Leave(Lease);
        }

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
