using Culvert.Tunnel.Agent.Telemetry;

namespace Culvert.Tunnel.Agent.Pipeline;

/// <summary>Everything passes byte for byte; objections are counted and recorded.</summary>
internal sealed class ObserveMode(AgentMetrics metrics, TimeProvider time) : ModeStrategy(time)
{
    public override string Name => "observe";

    public override string Describe(Objection objection) => objection.IsDenial ? "would_deny" : "would_refuse";

    public override ValueTask<bool> ObjectAsync(PolicyCall call, Objection objection)
    {
        metrics.Denied(call.Record.Route, isEnforced: false);
        return new(true);
    }
}
