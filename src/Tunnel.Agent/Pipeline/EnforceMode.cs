using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Telemetry;

namespace Culvert.Tunnel.Agent.Pipeline;

/// <summary>Objections hold, and answers show only what the caller may use.</summary>
internal sealed class EnforceMode(AgentMetrics metrics, Refusals refusals, TimeProvider time) : ModeStrategy(time)
{
    public override string Name => "enforce";

    public override bool Enforces => true;

    public override string Describe(Objection objection) => objection.IsDenial ? "deny" : "refuse";

    public override async ValueTask<bool> ObjectAsync(PolicyCall call, Objection objection)
    {
        if (objection.IsDenial)
        {
            await DenyAsync(call);
            return false;
        }

        await refusals.RefuseAsync(
            call.Exchange,
            call.Record.Route,
            objection.Failure!,
            challenges: objection.Challenges,
            retryAfterSeconds: objection.RetryAfterSeconds
        );
        return false;
    }

    public override AnswerPlan PlanAnswer(PolicyCall call)
    {
        var exchange = call.Exchange;
        exchange.Request.Headers.AcceptEncoding = "identity"; // a compressed answer cannot be read
        exchange.EndsAt = call.Limits.Timeout is { } timeout ? Time.GetUtcNow() + timeout : null;
        exchange.IsBounded = call.Limits.MaxResponseBytes is not null || call.Lease is not null;
        return base.PlanAnswer(call);
    }

    private Task DenyAsync(PolicyCall call)
    {
        var (exchange, message) = (call.Exchange, call.Message!);
        metrics.Denied(call.Record.Route, isEnforced: true);
        exchange.ReleaseBody();
        return call.Decision?.Error is { } error && !message.Id.IsEmpty
            ? refusals.RefuseAsync(exchange, call.Record.Route, DeniedAnswer.Explain(error), id: message.Id)
            : DeniedAnswer.WriteAsync(exchange, message, call.IsModern);
    }
}
