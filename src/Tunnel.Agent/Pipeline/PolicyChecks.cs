using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Policy.Answers;
using Culvert.Tunnel.Agent.Policy.Approvals;
using Culvert.Tunnel.Agent.Policy.Arguments;
using Culvert.Tunnel.Agent.Policy.Budgets;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Pipeline;

/// <summary>
/// The checks of a route's policy before a call is made. Each of them returns its objection, or null; the first objection
/// ends them. In every mode they are the same, except that without judgement (<see cref="ModeStrategy.Judges"/>) no rule
/// decides, so that the checks of a rule find none.
/// </summary>
internal sealed class PolicyChecks
{
    /// <summary>A longer body is not kept for its record, but described before the upstream receives the request.</summary>
    internal const int MaxWaitingBytes = 1024;

    private readonly Func<PolicyCall, ValueTask<Objection?>>[] inOrder;
    private readonly IAuditTrail trail;
    private readonly BudgetLedger? budgets;
    private readonly ApprovalService? approvals;

    public PolicyChecks(IAuditTrail trail, BudgetLedger? budgets, ApprovalService? approvals, TimeProvider time)
    {
        (this.trail, this.budgets, this.approvals) = (trail, budgets, approvals);
        Answers = new AnswerApprovals(approvals, time);
        inOrder =
        [
            CheckPath,
            CheckMethod,
            CheckMessageAsync,
            CheckRule,
            CheckParameterHeaders,
            CheckScopes,
            CheckSize,
            CheckRate,
            // Before budgets and approvals of calls: the server is not called.
            Answers.CheckAsync,
            CheckBudgetAsync,
            // Last, because the request for an approval uses it up.
            CheckApprovalAsync,
        ];
    }

    public AnswerApprovals Answers { get; }

    public async ValueTask<Objection?> FindObjectionAsync(PolicyCall call)
    {
        try
        {
            foreach (var check in inOrder)
            {
                if (await check(call) is { } objection)
                {
                    return objection;
                }

                if (call.Delivered is not null)
                {
                    break;
                }
            }

            return null;
        }
        finally
        {
            call.Arguments?.Dispose();
            call.Arguments = null;
        }
    }

    private static ValueTask<Objection?> CheckPath(PolicyCall call) =>
        Object(
            !call.IsEndpoint ? PolicyFailures.PathRefused
            : call.Mode.Judges
            && !RequestQuery.IsListed(RequestQuery.Get(call.Exchange.Target!), call.Policy.Settings.Query)
                ? PolicyFailures.QueryRefused
            : null
        );

    // Of the requests without a message: streams of the server's own messages or of missed answers, and ends of sessions.
    private static ValueTask<Objection?> CheckMethod(PolicyCall call)
    {
        var method = call.Exchange.Request.Method;
        return Object(
            HttpMethods.IsPost(method) ? null
            : !PolicyStage.IsRead(method) && !HttpMethods.IsDelete(method) ? PolicyFailures.MethodRefused
            : call.Exchange.HasBody ? PolicyFailures.Invalid
            : call.Policy.Closure
        );
    }

    private async ValueTask<Objection?> CheckMessageAsync(PolicyCall call)
    {
        var (exchange, policy, upstream) = (call.Exchange, call.Policy, call.Served.Route.Upstream);
        if (!HttpMethods.IsPost(exchange.Request.Method))
        {
            return null;
        }

        if (!McpHeaders.DescribePlainJson(exchange.Request.Headers))
        {
            return new Objection(PolicyFailures.Encoded);
        }

        var wait = upstream.Timeouts.StreamIdle;
        var failure = await exchange.Bodies.HoldAsync(
            exchange,
            Math.Min(policy.Settings.MaxBytes, upstream.MaxRequestBytes ?? long.MaxValue),
            !call.Mode.Judges && RecordMode.LongestWait < wait ? RecordMode.LongestWait : wait,
            PolicyFailures.TooLarge,
            PolicyFailures.Incomplete,
            isOptional: !call.Mode.Judges
        );
        if (failure is not null)
        {
            return new Objection(failure);
        }

        var message = exchange.Message!;
        var head = MessageHead.Read(exchange.Request.Headers, message);
        failure = PolicyMessage.FindFailure(message, head, policy.Settings.MaxDepth);
        var record = call.Record;
        record.Id = PolicyMessage.ReadId(message, policy.Settings.MaxDepth).ToArray(); // outlives the body
        exchange.MessageId = record.Id;
        record.RequestBytes = message.Bytes.Length;
        if (failure is null)
        {
            CallDescription.Add(record, message, head);
            failure = policy.Closure;
        }

        if (failure is not null)
        {
            return new Objection(failure);
        }

        (call.Message, call.IsModern) = (message, head.IsModern);
        return null;
    }

    private ValueTask<Objection?> CheckRule(PolicyCall call)
    {
        var (policy, record) = (call.Policy, call.Record);
        if (call.Message is not { } message)
        {
            call.Decision = call.Mode.Judges ? Answered : Unjudged;
            return default;
        }

        var arguments = call.Arguments = policy.Rules.ReadsArguments ? new CallArguments(message.Arguments) : null;
        var decision =
            !call.Mode.Judges && !policy.Rules.HasMasks ? Unjudged
            : message.Method.Length == 0 ? Answered
            : policy.Rules.DecideMessage(
                message.Method,
                message.Target,
                message.Name,
                message.Resources,
                Caller.From(call.Exchange),
                arguments
            );
        if (decision is { IsAllowed: true, Rule.Approval: not null } && message.Id.IsEmpty)
        {
            // A notification has no answer that could give the caller the ticket.
            decision = decision with
            {
                IsAllowed = false,
                Reason = ApprovalFailures.Required.Reason,
            };
        }

        var answer = decision.IsAllowed && call.Mode.Judges ? FindAnswer(call, message, arguments) : null;
        if (answer is not null && message.Id.IsEmpty)
        {
            // A lenient server answers a notification as well, and that answer could not be found in the stream.
            decision = decision with
            {
                IsAllowed = false,
                Reason = Decision.Guarded,
            };
        }

        if (!call.Mode.Judges)
        {
            decision = Unjudged; // the rules only decide what the record leaves out
        }

        call.Decision = decision;
        call.Answer = decision.IsAllowed ? answer : null;
        (record.Pin, record.Drift) = policy.Pins?.Describe(message.Target, message.Name) ?? ("", "");
        (record.Arguments, record.Masked) = (message.Arguments, arguments?.Masked ?? []);
        if (!message.Arguments.IsEmpty && message.Bytes.Length > MaxWaitingBytes)
        {
            trail.Describe(record);
        }

        return new(decision.IsAllowed ? null : Objection.Denial);
    }

    private static AnswerShape? FindAnswer(PolicyCall call, McpMessage message, CallArguments? arguments) =>
        message.Target is { } kind && McpMethods.HasAnswer(message.Method)
            ? call.Policy.Rules.FindAnswer(
                kind,
                message.Name,
                Caller.From(call.Exchange),
                message.Method == McpMethods.Complete ? null : arguments
            )
            : null;

    private static ValueTask<Objection?> CheckParameterHeaders(PolicyCall call) =>
        Object(
            call is { Rule.JudgesArguments: true, Message: { } message }
            && !ParameterHeaders.Agree(
                call.Exchange.Request.Headers,
                call.Arguments!,
                call.Policy.Pins?.FindHeaders(message.Target ?? TargetKind.Method, message.Name)
            )
                ? PolicyFailures.HeadersMismatch
                : null
        );

    private static ValueTask<Objection?> CheckScopes(PolicyCall call) =>
        new(
            call.Message is { } message
            && StepUp.FindChallenge(call.Exchange, call.Served, call.Rule, message) is { } challenges
                ? new Objection(AuthorizationFailures.ScopeInsufficient, Challenges: challenges)
                : null
        );

    private static ValueTask<Objection?> CheckSize(PolicyCall call) =>
        Object(
            call.Exchange.HeldBody?.Bytes.Length > call.Limits.MaxRequestBytes ? PolicyFailures.RequestTooLarge : null
        );

    private static ValueTask<Objection?> CheckRate(PolicyCall call)
    {
        if (call.Rule is not { } rule)
        {
            return default;
        }

        var verdict = call.Policy.Limits.Enter(rule.Limits, GetKey(call, rule));
        call.Lease = verdict.Lease;
        return Object(verdict.Failure, verdict.RetryAfterSeconds);
    }

    private async ValueTask<Objection?> CheckBudgetAsync(PolicyCall call)
    {
        if (call.Rule is not { Budget: { } budget } rule)
        {
            return null;
        }

        // The rule allows no call whose amount cannot be read.
        if (
            budgets is null
            || call.Arguments is not { } arguments
            || budget.Of.Find(arguments.Root, out var value) != PointerResult.Found
            || !Amount.TryRead(value, out var amount)
        )
        {
            return new Objection(PolicyFailures.BudgetUnavailable);
        }

        var key = GetKey(call, rule);
        var account =
            budget.Key == BudgetKey.Client ? key with { Principal = call.Exchange.Principal?.Identity ?? "" } : key;
        var verdict = await budgets.ChargeAsync(call.Record.Route, rule, account, amount);
        if (verdict.Charge is not null)
        {
            var charge = verdict.Charge;
            call.Exchange.Refund = () => budgets.Refund(charge);
        }

        return verdict.Failure is null ? null : new Objection(verdict.Failure, verdict.RetryAfterSeconds);
    }

    // Uses up the approval of a call that is approved. Where nothing is enforced, no approval is requested.
    private async ValueTask<Objection?> CheckApprovalAsync(PolicyCall call)
    {
        if (call is not { Rule: { Approval: { } approval } rule, Message: not null })
        {
            return null;
        }

        if (!call.Mode.Enforces)
        {
            return new Objection(ApprovalFailures.Required);
        }

        if (approvals is null)
        {
            return new Objection(ApprovalFailures.Unavailable);
        }

        var exchange = call.Exchange;
        var dialogue = call.ReadDialogue();
        if (dialogue.IsDeclined)
        {
            return new Objection(ApprovalFailures.Required);
        }

        var verdict = await approvals.RequestAsync(
            call.Record,
            rule,
            call.Message!,
            CallInputs.Read(exchange),
            exchange.ClientGone
        );
        call.Approval = verdict.Id;
        var failure =
            dialogue.CanAsk && approval.Page is not null
                ? ApprovalFailures.WithPage(verdict.Failure, approval.Page)
                : verdict.Failure;
        return failure is null ? null : new Objection(failure);
    }

    private static Decision Answered => new(true, null, Decision.Basic);

    private static Decision Unjudged => new(true, null, Decision.NoPolicy);

    private static LimitKey GetKey(PolicyCall call, PolicyRule rule)
    {
        var message = call.Message!;
        return new LimitKey(
            rule.Name,
            call.Exchange.Principal?.Person ?? "",
            message.Target ?? TargetKind.Method,
            message.Target is null ? message.Method : message.Name
        );
    }

    private static ValueTask<Objection?> Object(Failure? failure, int retryAfterSeconds = 0) =>
        new(failure is null ? null : new Objection(failure, retryAfterSeconds));
}
