using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Policy.Answers;
using Culvert.Tunnel.Agent.Policy.Approvals;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Pipeline;

/// <summary>
/// Holds findings that a person has to approve, and delivers each of them once: to the same caller, when it repeats the call
/// after the approval. The server is not called again while the finding waits.
/// </summary>
internal sealed class AnswerApprovals(ApprovalService? service, TimeProvider time)
{
    private readonly HeldFindings held = new(time);

    /// <summary>Before a call is made: whether it repeats a call whose finding waits.</summary>
    public async ValueTask<Objection?> CheckAsync(PolicyCall call)
    {
        if (call is not { Mode.Enforces: true, Answer: { Approvals.Count: > 0 } shape, Message: not null })
        {
            return null;
        }

        var (exchange, dialogue) = (call.Exchange, call.ReadDialogue());
        if (dialogue.IsDeclined)
        {
            return new Objection(ApprovalFailures.Required);
        }

        call.Identity = service?.Identify(
            call.Record,
            call.Message!,
            CallInputs.Read(exchange),
            json => shape.WriteIdentity(json, Caller.From(exchange).Claims)
        );
        if (call.Identity is null)
        {
            return new Objection(ApprovalFailures.Unavailable);
        }

        if (held.Find(call.Identity.Key) is not { } finding)
        {
            return null;
        }

        return await RequestAsync(call, finding, null) is { } failure ? new Objection(failure) : null;
    }

    /// <summary>Holds the finding of a call that was made. Returns null if it crosses, because it is approved already.</summary>
    public ValueTask<Failure?> HoldAsync(PolicyCall call, AnswerJudge judge)
    {
        var exchange = call.Exchange;
        exchange.Refund = null; // the server was called
        var finding = judge.Waiting!;
        finding.Status = exchange.Response.StatusCode;
        finding.IsError = judge.IsError;
        finding.Answer = new CallAnswer(judge.Counts.RowsCrossed, 0, 0, judge.Counts.Masked, default, judge.Problem);
        if (
            finding.Length > call.Answer!.MaxBytes
            || held.Add(call.Identity!.Key, ClientKey.FromPerson(exchange), finding, CallerToken.From(exchange))
                is not { } waiting
        )
        {
            return new(PolicyFailures.AnswerNotHeld);
        }

        return RequestAsync(call, waiting, judge);
    }

    // Null: the finding is approved, and no longer held: the judge writes it, or the caller gets it instead of a call. If the
    // approval cannot be checked, the finding stays for the next repetition.
    private async ValueTask<Failure?> RequestAsync(PolicyCall call, HeldFinding finding, AnswerJudge? judge)
    {
        var key = call.Identity!.Key;
        var verdict = await service!.RequestAsync(call.Record, call.Identity, finding, call.Exchange.ClientGone);
        call.Approval = verdict.Id;
        var failure = verdict.Failure;
        if (failure is null)
        {
            if (!held.Remove(key, finding))
            {
                return ApprovalFailures.AnswerUnavailable;
            }

            judge?.Approve(finding);
            call.Delivered = judge is null ? finding : null;
            return null;
        }

        if (failure.Reason == ApprovalFailures.Rejected.Reason)
        {
            held.Remove(key, finding);
        }

        return failure == ApprovalFailures.Unavailable ? ApprovalFailures.AnswerUnavailable
            : finding.Approval.Page is { } page && call.ReadDialogue().CanAsk ? ApprovalFailures.WithPage(failure, page)
            : failure;
    }
}
