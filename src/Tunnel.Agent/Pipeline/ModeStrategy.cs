using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Policy.Answers;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Pipeline;

/// <summary>What a mode of policies makes of an objection and of the answer.</summary>
internal abstract class ModeStrategy(TimeProvider time)
{
    /// <summary>The mode in records.</summary>
    public abstract string Name { get; }

    /// <summary>Whether objections hold. Without a place for its record no call is made.</summary>
    public virtual bool Enforces => false;

    /// <summary>False if no rule is evaluated, and requests pass only for their records.</summary>
    public virtual bool Judges => true;

    protected TimeProvider Time => time;

    /// <summary>The decision in the record of a call with this objection.</summary>
    public abstract string Describe(Objection objection);

    /// <summary>True if the call is made all the same; false if it has been answered.</summary>
    public abstract ValueTask<bool> ObjectAsync(PolicyCall call, Objection objection);

    /// <summary>What is read or filtered in the answer of a call that is made, and the limits of the call.</summary>
    public virtual AnswerPlan PlanAnswer(PolicyCall call)
    {
        var (exchange, route, rules) = (call.Exchange, call.Served.Route, call.Policy.Rules);
        var caller = Caller.From(exchange);
        var filter = new MessageFilter(rules, caller, call.HasLists, call.IsModern)
        {
            IsGuarded = Enforces && rules.Guards(caller),
            OwnId = exchange.MessageId,
        };
        return new AnswerPlan(
            filter,
            Enforces,
            call.HasLists,
            (call.IsModern || Enforces) && !rules.AllowsAllAsks(caller),
            call.Limits.MaxResponseBytes ?? long.MaxValue,
            time
        )
        {
            Judge = call is { Answer: { } shape, Message: { } message }
                ? new AnswerJudge(
                    new JudgedCall(
                        shape,
                        message.Method,
                        exchange.MessageId,
                        message.Target == TargetKind.Resource ? message.Name : "",
                        call.IsModern,
                        caller,
                        rules,
                        () => call.DeriveKey?.Invoke($"answers of {route.Name}") ?? [],
                        call.Policy.Pins?.FindOutput(message.Target ?? TargetKind.Method, message.Name)
                    ),
                    filter
                )
                : null,
            Refuse = id => route.Upstream.RefuseServerRequest(exchange, route, id),
        };
    }
}
