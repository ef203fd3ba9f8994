using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Policy.Approvals;
using Culvert.Tunnel.Agent.Policy.Arguments;
using Culvert.Tunnel.Agent.Policy.Budgets;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Telemetry;
using Microsoft.Extensions.Primitives;

namespace Culvert.Tunnel.Agent.Pipeline;

/// <summary>
/// Applies a route's policy, between OAuth and the upstream. Steps: (1) path and HTTP method, (2) room for the record,
/// (3) the message, (4) the decision, (5) scopes, limits, the budget and the approval, (6) a filter for the answer.
/// Observe mode takes the same steps and passes everything, byte for byte. A route without a policy takes them only for
/// the record: no rule is evaluated and no answer read. Where the policy is off, requests pass at once.
/// </summary>
internal sealed class PolicyStage(
    AgentMetrics metrics,
    BodyBudget held,
    IAuditTrail trail,
    TimeProvider time,
    ILogger<PolicyStage> logger,
    BudgetLedger? budgets = null,
    ApprovalService? approvals = null
) : IStage
{
    private const string WellKnown = "/.well-known/";

    /// <summary>After this time a body is not awaited for its record: the call continues without a recorded name.</summary>
    internal static readonly TimeSpan LongestRecordWait = TimeSpan.FromSeconds(5);

    /// <summary>A longer body is not kept for its record, but described before the upstream receives the request.</summary>
    internal const int MaxWaitingBytes = 1024;

    private readonly Refusals refusals = new(metrics, logger);
    private readonly BodyReader bodies = new(held, time);

    // Separate from the budget of bodies that are checked: bodies read for a record must not make another route refuse.
    private readonly BodyReader recorded = new(new BodyBudget(), time);

    // The plan for all answers whose bytes are only counted.
    private readonly AnswerPlan counting = new(
        new MessageFilter(RoutePolicy.Off.Rules, default, hasLists: false, isModern: false),
        Enforces: false,
        HasLists: false,
        LooksForAsks: false,
        long.MaxValue,
        time
    );

    // Separate from the budget of requests: requests that wait for an answer must not block that answer.
    private readonly BodyBudget answers = new();

    public ValueTask<bool> AdmitAsync(Exchange exchange, ServedRoute served) =>
        served.Route.Policy.Mode == PolicyMode.Off ? new(true) : JudgeAsync(exchange, served);

    public async ValueTask CompleteAsync(Exchange exchange, ServedRoute served, StageOutcome outcome)
    {
        if (exchange.PolicyState is not PolicyCall call)
        {
            return;
        }

        // Released before a buffered answer is sent: a client that has the answer can call again.
        call.Leave();
        if (outcome == StageOutcome.Served && !exchange.IsCut)
        {
            await FinishAnswerAsync(exchange, call);
        }

        exchange.PolicyState = null;
        call.End(exchange);
    }

    private async ValueTask FinishAnswerAsync(Exchange exchange, PolicyCall call)
    {
        var stop = exchange.Stop;
        if (stop is null && call.Filter is { } filter)
        {
            await filter.FinishAsync(exchange.ClientGone);
        }

        if (
            exchange.AnswerFailure is not { } failure
            || (stop is null && exchange.Response.Headers[HeaderRules.Reason].Count > 0) // already refused
            || await call.TryExplainAsync(exchange, failure)
        )
        {
            return;
        }

        if (stop is null)
        {
            exchange.Abort();
        }
        else if (!stop.IsBrokenOff || exchange.ClientGone.IsCancellationRequested)
        {
            metrics.Aborted(call.Record.Route);
            exchange.Abort();
        }
        else
        {
            metrics.BrokenOff(call.Record.Route);
            if (stop.Detail.Length > 0)
            {
                Log.StreamFailed(logger, call.Record.Route, "body", stop.Detail);
            }

            exchange.BreakOff();
        }
    }

    // Only the plain spelling is exempt: a server that resolves dots or decodes escapes would find another path.
    private static bool IsMetadata(string target) =>
        target.StartsWith(WellKnown, StringComparison.Ordinal)
        && !target.Contains("..", StringComparison.Ordinal)
        && !target.Contains("/./", StringComparison.Ordinal)
        && !target.AsSpan().ContainsAny('%', '\\');

    private async ValueTask<bool> JudgeAsync(Exchange exchange, ServedRoute served)
    {
        var policy = served.Route.Policy;
        var enforces = policy.Mode == PolicyMode.Enforce;

        // (1)
        var method = exchange.Request.Method;
        if (
            !RequestTarget.TryGetOriginForm(exchange.Request.RawTarget, out var target)
            || HttpMethods.IsTrace(method)
            || HttpMethods.IsConnect(method)
        )
        {
            return true; // the forwarder refuses these
        }

        var isRead = HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);
        if (isRead && !exchange.HasBody && IsMetadata(target))
        {
            return true; // metadata for clients: it contains no tools
        }

        // (2)
        var hasPlace = trail.TryReserve(mustBeKept: enforces);
        if (!hasPlace && enforces)
        {
            return await RefuseAsync(exchange, served, PolicyFailures.AuditUnavailable);
        }

        var call = new PolicyCall(
            policy,
            CallDescription.Create(exchange, served, time),
            trail,
            refusals,
            time,
            hasPlace
        )
        {
            Budgets = budgets,
            Approvals = approvals,
        };
        exchange.PolicyState = call;
        var isEndpoint = GetPath(target).SequenceEqual(served.Resource.Path);
        if (policy.Mode == PolicyMode.Record)
        {
            call.Record.IsCall =
                isEndpoint && (HttpMethods.IsPost(method) || HttpMethods.IsGet(method) || HttpMethods.IsDelete(method));
        }

        if (!isEndpoint)
        {
            return await ObjectAsync(exchange, served, call, PolicyFailures.PathRefused);
        }

        if (policy.Mode != PolicyMode.Record && !RequestQuery.IsListed(RequestQuery.Get(target), policy.Settings.Query))
        {
            return await ObjectAsync(exchange, served, call, PolicyFailures.QueryRefused);
        }

        if (HttpMethods.IsPost(method))
        {
            return await JudgeMessageAsync(exchange, served, call);
        }

        if (!isRead && !HttpMethods.IsDelete(method))
        {
            return await ObjectAsync(exchange, served, call, PolicyFailures.MethodRefused);
        }

        if ((exchange.HasBody ? PolicyFailures.Invalid : policy.Closure) is { } failure)
        {
            return await ObjectAsync(exchange, served, call, failure);
        }

        // A stream of the server's own messages, or of missed answers: they may answer any request, including lists.
        call.Record.Decision = "allow";
        call.Record.Reason = policy.Mode == PolicyMode.Record ? Decision.NoPolicy : Decision.Basic;
        Watch(exchange, served.Route, call, RuleLimits.None, hasLists: true, isModern: false);
        return true;
    }

    private async ValueTask<bool> JudgeMessageAsync(Exchange exchange, ServedRoute served, PolicyCall call)
    {
        // (3)
        if (await ReadAsync(exchange, served, call) is { } failure)
        {
            return await ObjectAsync(exchange, served, call, failure);
        }

        // (4)
        var message = exchange.HeldBody!.Message;
        var policy = call.Policy;
        using var arguments = policy.Rules.AsksForArguments ? new CallArguments(message.Arguments) : null;
        var decision =
            policy.Mode == PolicyMode.Record && !policy.Rules.HasMasks ? Unjudged
            : message.Method.Length == 0 ? Answered
            : policy.Rules.DecideMessage(
                message.Method,
                message.Target,
                message.Name,
                message.Resources,
                Caller.From(exchange),
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

        if (policy.Mode == PolicyMode.Record)
        {
            decision = Unjudged; // the rules only decide what the record leaves out
        }

        var record = call.Record;
        record.Rule = decision.Rule?.Name ?? "";
        record.Reason = decision.Reason;
        (record.Pin, record.Drift) = policy.Pins?.Describe(message.Target, message.Name) ?? ("", "");
        (record.Argument, record.Condition) = (decision.Error?.At ?? "", decision.Error?.Condition ?? "");
        DescribeArguments(record, message, arguments);
        if (!decision.IsAllowed)
        {
            metrics.Denied(served.Route.Name, policy.Mode == PolicyMode.Enforce);
            if (policy.Mode == PolicyMode.Enforce)
            {
                record.Decision = "deny";
                exchange.ReleaseBody();
                await (
                    decision.Error is { } error && !message.Id.IsEmpty
                        ? refusals.RefuseAsync(exchange, record.Route, DeniedAnswer.Explain(error), id: message.Id)
                        : DeniedAnswer.WriteAsync(exchange, message, call.IsModern)
                );
                return false;
            }

            record.Decision = "would_deny";
            return Pass(exchange, served.Route, call, message, RuleLimits.None);
        }

        // (5)
        record.Decision = "allow";
        var limits = decision.Rule?.Limits ?? RuleLimits.None;
        if (
            decision.Rule is { JudgesArguments: true }
            && !ParameterHeaders.Agree(
                exchange.Request.Headers,
                arguments!,
                policy.Pins?.FindHeaders(message.Target ?? TargetKind.Method, message.Name)
            )
        )
        {
            return await ObjectAsync(exchange, served, call, PolicyFailures.HeadersMismatch, message, limits);
        }

        if (StepUp.FindChallenge(exchange, served, decision.Rule, message) is { } ask)
        {
            return await ObjectAsync(
                exchange,
                served,
                call,
                AuthorizationFailures.ScopeInsufficient,
                message,
                limits,
                challenges: ask
            );
        }

        if (exchange.HeldBody!.Bytes.Length > limits.MaxRequestBytes)
        {
            return await ObjectAsync(exchange, served, call, PolicyFailures.RequestTooLarge, message, limits);
        }

        if (message.Method.Length > 0 && decision.Rule is { } rule)
        {
            var kind = message.Target ?? TargetKind.Method;
            var name = message.Target is null ? message.Method : message.Name;
            var key = new LimitKey(rule.Name, exchange.Principal?.Person ?? "", kind, name);
            var verdict = policy.Limits.Enter(limits, key);
            call.Lease = verdict.Lease;
            if (verdict.Failure is { } over)
            {
                return await ObjectAsync(exchange, served, call, over, message, limits, verdict.RetryAfterSeconds);
            }

            var account =
                rule.Budget?.Key == BudgetKey.Client
                    ? key with
                    {
                        Principal = exchange.Principal?.Identity ?? "",
                    }
                    : key;
            var charged = await call.ChargeAsync(exchange, rule, account, arguments);
            if (charged.Failure is { } beyond)
            {
                return await ObjectAsync(exchange, served, call, beyond, message, limits, charged.RetryAfterSeconds);
            }

            // Last, because the request for an approval uses it up.
            if (await call.CheckApprovalAsync(exchange, rule, exchange.ClientGone) is { } unapproved)
            {
                return await ObjectAsync(exchange, served, call, unapproved, message, limits);
            }
        }

        return Pass(exchange, served.Route, call, message, limits);
    }

    private static Decision Answered => new(true, null, Decision.Basic);

    private static Decision Unjudged => new(true, null, Decision.NoPolicy);

    private bool Pass(Exchange exchange, Route route, PolicyCall call, McpMessage message, RuleLimits limits)
    {
        // (6)
        if (call.Policy.Mode == PolicyMode.Enforce && limits.Timeout is { } timeout)
        {
            exchange.EndsAt = time.GetUtcNow() + timeout;
        }

        exchange.IsBounded =
            call.Policy.Mode == PolicyMode.Enforce && (limits.MaxResponseBytes is not null || call.Lease is not null);
        var hasLists =
            McpMethods.IsList(message.Method)
            || (call.Policy.Pins is not null && McpMethods.IsGreeting(message.Method));
        Watch(exchange, route, call, limits, hasLists, call.IsModern);
        return true;
    }

    private void Watch(Exchange exchange, Route route, PolicyCall call, RuleLimits limits, bool hasLists, bool isModern)
    {
        var policy = call.Policy;
        if (policy.Mode == PolicyMode.Enforce)
        {
            exchange.Request.Headers.AcceptEncoding = "identity"; // a compressed answer cannot be read
        }

        var plan =
            policy.Mode == PolicyMode.Record ? counting : CreatePlan(exchange, route, limits, hasLists, isModern);
        call.Filter = new AnswerFilter(exchange, exchange.ResponseBody.Writer, plan, answers);
        exchange.FilterAnswer(new FilteredBody(exchange.ResponseBody, call.Filter));
    }

    private AnswerPlan CreatePlan(Exchange exchange, Route route, RuleLimits limits, bool hasLists, bool isModern)
    {
        var policy = route.Policy;
        var caller = Caller.From(exchange);
        return new AnswerPlan(
            new MessageFilter(policy.Rules, caller, hasLists, isModern),
            policy.Mode == PolicyMode.Enforce,
            hasLists,
            (isModern || policy.Mode == PolicyMode.Enforce) && !policy.Rules.AllowsAllAsks(caller),
            limits.MaxResponseBytes ?? long.MaxValue,
            time
        )
        {
            Refuse = id => route.Upstream.RefuseServerRequest(exchange, route, id),
        };
    }

    // Null if the call has a message that may be checked.
    private async ValueTask<Failure?> ReadAsync(Exchange exchange, ServedRoute served, PolicyCall call)
    {
        var headers = exchange.Request.Headers;
        if (!McpHeaders.DescribePlainJson(headers))
        {
            return PolicyFailures.Encoded;
        }

        var policy = call.Policy;
        var upstream = served.Route.Upstream;
        var maxBytes = Math.Min(policy.Settings.MaxBytes, upstream.MaxRequestBytes ?? long.MaxValue);
        var wait = upstream.Timeouts.StreamIdle;
        var isRecord = policy.Mode == PolicyMode.Record;
        var failure = await (isRecord ? recorded : bodies).HoldAsync(
            exchange,
            maxBytes,
            isRecord && LongestRecordWait < wait ? LongestRecordWait : wait,
            PolicyFailures.TooLarge,
            PolicyFailures.Incomplete
        );
        if (failure is not null)
        {
            return failure;
        }

        var message = exchange.HeldBody!.Message;
        var head = MessageHead.Read(headers, message);
        failure = PolicyMessage.FindFailure(message, head, policy.Settings.MaxDepth);
        call.Record.Id = PolicyMessage.ReadId(message, policy.Settings.MaxDepth).ToArray(); // outlives the body
        exchange.MessageId = call.Record.Id;
        call.Record.RequestBytes = message.Bytes.Length;
        if (failure is null)
        {
            call.IsModern = head.IsModern;
            CallDescription.Add(call.Record, message, head);
        }

        return failure ?? policy.Closure;
    }

    private void DescribeArguments(CallRecord record, McpMessage message, CallArguments? arguments)
    {
        record.Arguments = message.Arguments;
        record.Masked = arguments?.Masked ?? [];
        if (!message.Arguments.IsEmpty && message.Bytes.Length > MaxWaitingBytes)
        {
            trail.Describe(record);
        }
    }

    private static ReadOnlySpan<char> GetPath(string target) =>
        target.IndexOf('?', StringComparison.Ordinal) is var query and >= 0 ? target.AsSpan(0, query) : target;

    /// <summary>Refuses the call in enforce mode; otherwise records the refusal, or why the record has no name.</summary>
    private async ValueTask<bool> ObjectAsync(
        Exchange exchange,
        ServedRoute served,
        PolicyCall call,
        Failure failure,
        McpMessage? message = null,
        RuleLimits? limits = null,
        int retryAfterSeconds = 0,
        StringValues challenges = default
    )
    {
        call.Record.Reason = failure.Reason;
        if (call.Policy.Mode == PolicyMode.Enforce)
        {
            call.Record.Decision = "refuse";
            return await RefuseAsync(exchange, served, failure, retryAfterSeconds, challenges);
        }

        if (call.Policy.Mode == PolicyMode.Record)
        {
            call.Record.Decision = "allow";
        }
        else
        {
            metrics.Denied(served.Route.Name, isEnforced: false);
            call.Record.Decision = "would_refuse";
        }

        if (message is not null)
        {
            return Pass(exchange, served.Route, call, message, limits!);
        }

        Watch(exchange, served.Route, call, RuleLimits.None, hasLists: false, isModern: false);
        return true;
    }

    private async ValueTask<bool> RefuseAsync(
        Exchange exchange,
        ServedRoute served,
        Failure failure,
        int retryAfterSeconds = 0,
        StringValues challenges = default
    )
    {
        await refusals.RefuseAsync(
            exchange,
            served.Route.Name,
            failure,
            challenges: challenges,
            retryAfterSeconds: retryAfterSeconds
        );
        return false;
    }
}
