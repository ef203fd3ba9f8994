using System.IO.Pipelines;
using System.Security.Cryptography;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Policy.Answers;
using Culvert.Tunnel.Agent.Policy.Approvals;
using Culvert.Tunnel.Agent.Policy.Budgets;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Telemetry;

namespace Culvert.Tunnel.Agent.Pipeline;

/// <summary>
/// Applies a route's policy, between OAuth and the upstream. Steps: (1) room for the record, (2) the checks, (3) what the
/// mode makes of an objection, (4) a filter for the answer, and afterwards (5) the end of the answer and (6) the record.
/// Observe mode takes the same steps and passes everything, byte for byte. A route without a policy takes them only for
/// the record: no rule is evaluated and no answer read. Where the policy is off, requests pass at once.
/// </summary>
internal sealed class PolicyStage(
    AgentMetrics metrics,
    IAuditTrail trail,
    TimeProvider time,
    ILogger<PolicyStage> logger,
    BudgetLedger? budgets = null,
    ApprovalService? approvals = null,
    Func<string, byte[]>? deriveKey = null
) : IStage
{
    private const string WellKnown = "/.well-known/";

    private readonly Refusals refusals = new(metrics, logger);
    private readonly PolicyChecks checks = new(trail, budgets, approvals, time);
    private readonly RecordMode record = new(time);
    private readonly ObserveMode observe = new(metrics, time);
    private readonly EnforceMode enforce = new(metrics, new Refusals(metrics, logger), time);

    // Separate from the budget of requests: requests that wait for an answer must not block that answer.
    private readonly BodyBudget answers = new();

    public ValueTask<bool> AdmitAsync(Exchange exchange, ServedRoute served) =>
        served.Route.Policy.Mode switch
        {
            PolicyMode.Off => new(true),
            PolicyMode.Record => AdmitAsync(exchange, served, record),
            PolicyMode.Observe => AdmitAsync(exchange, served, observe),
            _ => AdmitAsync(exchange, served, enforce),
        };

    public async ValueTask CompleteAsync(Exchange exchange, ServedRoute served, StageOutcome outcome)
    {
        if (exchange.PolicyState is not PolicyCall call)
        {
            return;
        }

        // Released before a buffered answer is sent: a client that has the answer can call again.
        call.Release();

        // (5)
        if (outcome == StageOutcome.Served && !exchange.IsCut)
        {
            await FinishAnswerAsync(call);
        }

        if (call is { Mode.Enforces: false, Objection: null, Filter.Judge.Waiting: not null })
        {
            call.Objection = new Objection(ApprovalFailures.Required);
            await call.Mode.ObjectAsync(call, call.Objection);
        }

        // (6)
        exchange.PolicyState = null;
        CallDescription.AddOutcome(call.Record, call, time);
        call.Filter?.Dispose();
        if (call.Record is { Answer: { } answer, Route: var route })
        {
            metrics.Judged(
                route,
                call.Mode.Enforces,
                (answer.Rows, answer.RowsRemoved),
                answer.FieldsRemoved,
                answer.Masked,
                answer.Problem
            );
        }

        if (call.HasPlace)
        {
            trail.Add(call.Record);
        }
        else
        {
            trail.CountLost(call.Record);
        }
    }

    /// <summary>Whether a method only reads, so that it has no message.</summary>
    public static bool IsRead(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    private async ValueTask<bool> AdmitAsync(Exchange exchange, ServedRoute served, ModeStrategy mode)
    {
        var method = exchange.Request.Method;
        if (exchange.Target is not { } target || HttpMethods.IsTrace(method) || HttpMethods.IsConnect(method))
        {
            return true; // the forwarder refuses these
        }

        if (IsRead(method) && !exchange.HasBody && IsMetadata(target))
        {
            return true; // metadata for clients: it contains no tools
        }

        // (1)
        var hasPlace = trail.TryReserve(mustBeKept: mode.Enforces);
        if (!hasPlace && mode.Enforces)
        {
            await refusals.RefuseAsync(exchange, served.Route.Name, PolicyFailures.AuditUnavailable);
            return false;
        }

        var call = new PolicyCall(exchange, served, mode, time.GetTimestamp())
        {
            Record = CallDescription.Create(exchange, served, mode, time),
            HasPlace = hasPlace,
            DeriveKey = deriveKey,
        };
        exchange.PolicyState = call;
        if (!mode.Judges)
        {
            call.Record.IsCall =
                call.IsEndpoint
                && (HttpMethods.IsPost(method) || HttpMethods.IsGet(method) || HttpMethods.IsDelete(method));
        }

        // (2) and (3)
        call.Objection = await checks.FindObjectionAsync(call);
        if (call.Objection is { } objection && !await mode.ObjectAsync(call, objection))
        {
            return false;
        }

        if (call.Delivered is not null)
        {
            await DeliverAsync(call);
            return false;
        }

        // (4)
        var plan = mode.PlanAnswer(call);
        if (call.Identity is not null)
        {
            plan = plan with { Hold = judge => checks.Answers.HoldAsync(call, judge) };
        }

        call.Filter = new AnswerFilter(exchange, exchange.ResponseBody.Writer, plan, answers)
        {
            ShapeReader =
                trail.RecordsAnswerShapes && call.Message is { } message && McpMethods.HasAnswer(message.Method)
                    ? new ShapeReader(message.Method, exchange.MessageId)
                    : null,
        };
        exchange.FilterAnswer(new FilteredBody(exchange.ResponseBody, call.Filter));
        return true;
    }

    // The approved finding, instead of a call of the server.
    private static ValueTask<FlushResult> DeliverAsync(PolicyCall call)
    {
        var (exchange, record, finding) = (call.Exchange, call.Record, call.Delivered!);
        exchange.ReleaseBody();
        var body = finding.WithId(exchange.MessageId.Span);
        OwnAnswer.ReplaceHead(exchange.Response, "application/json");
        exchange.Response.StatusCode = finding.Status;
        exchange.Response.Headers.ContentLength = body.Length;
        record.Answer = finding.Answer! with { Digest = SHA256.HashData(body) };
        (record.ResponseBytes, record.IsError) = (body.Length, finding.IsError);
        return exchange.UnfilteredBody.Writer.WriteAsync(body, CancellationToken.None);
    }

    // Only the plain spelling is exempt: a server that resolves dots or decodes escapes would find another path.
    private static bool IsMetadata(string target) =>
        target.StartsWith(WellKnown, StringComparison.Ordinal)
        && !target.Contains("..", StringComparison.Ordinal)
        && !target.Contains("/./", StringComparison.Ordinal)
        && !target.AsSpan().ContainsAny('%', '\\');

    // Sends what the filter still holds, or the reason why the answer does not continue.
    private async ValueTask FinishAnswerAsync(PolicyCall call)
    {
        var (exchange, stop) = (call.Exchange, call.Exchange.Stop);
        if (stop is null)
        {
            await call.Filter!.FinishAsync(exchange.ClientGone);
        }

        if (
            exchange.AnswerFailure is not { } failure
            || (stop is null && exchange.Response.Headers[HeaderRules.Reason].Count > 0) // already refused
            || await TryExplainAsync(call, failure)
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

    // Sends the client the reason, if that is still possible: as the answer, or as the last event of a stream. False: the
    // answer must be cut off.
    private async ValueTask<bool> TryExplainAsync(PolicyCall call, Failure failure)
    {
        var (exchange, filter, route) = (call.Exchange, call.Filter!, call.Record.Route);
        if (exchange.ClientGone.IsCancellationRequested)
        {
            return false;
        }

        call.AnswerFailure = failure;
        if (!exchange.Response.HasStarted && !filter.HasPassed)
        {
            await refusals.RefuseAsync(exchange, route, failure, Describe(filter));
            return true;
        }

        var id = exchange.MessageId;
        if (!filter.IsEventStream || failure.RpcCode is not { } code || id.IsEmpty)
        {
            return false;
        }

        var requestId = refusals.Count(route, failure, Describe(filter));
        await filter.EndStreamAsync(OwnAnswer.FormatRpc(code, failure, requestId, id), exchange.ClientGone);
        return true;
    }

    // For the log: the class of an answer that was withheld.
    private static string Describe(AnswerFilter filter) =>
        filter.Judge?.Problem is { Length: > 0 } problem ? $"Answer: {problem}." : "";
}
