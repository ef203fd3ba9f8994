using System.Diagnostics.Metrics;
using Culvert.Tunnel.Agent.Telemetry;

namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>The instruments of tunnels of other providers. Labels come from the configuration and closed lists.</summary>
internal sealed class LongPollMetrics : IDisposable
{
    private readonly Meter meter = new(AgentMetrics.MeterName);
    private readonly Counter<long> polls;
    private readonly Counter<long> commands;
    private readonly Counter<long> dropped;

    public LongPollMetrics()
    {
        polls = meter.CreateCounter<long>(
            "culvert_agent_long_poll_polls",
            description: "Polls of a provider's control plane, by result."
        );
        commands = meter.CreateCounter<long>(
            "culvert_agent_long_poll_commands",
            description: "Commands of a provider's control plane that the agent handled, by how they ended."
        );
        dropped = meter.CreateCounter<long>(
            "culvert_agent_long_poll_dropped",
            description: "Commands of a provider's control plane that could not be answered, by what was wrong."
        );
    }

    public void Watch(Func<IEnumerable<LongPollStatus>> tunnels, TimeProvider time)
    {
        meter.CreateObservableGauge(
            "culvert_agent_long_poll_last_success_seconds",
            () =>
                tunnels()
                    .Where(t => t.LastPoll is not null)
                    .Select(t => new Measurement<double>(
                        (time.GetUtcNow() - t.LastPoll!.Value).TotalSeconds,
                        new KeyValuePair<string, object?>("tunnel", t.TunnelId)
                    )),
            unit: "s",
            description: "Time since a poll of the provider's control plane succeeded."
        );
        meter.CreateObservableGauge(
            "culvert_agent_long_poll_under_way",
            () =>
                tunnels()
                    .Select(t => new Measurement<int>(
                        t.UnderWay,
                        new KeyValuePair<string, object?>("tunnel", t.TunnelId)
                    )),
            description: "Commands of a provider's control plane that the agent is handling."
        );
    }

    /// <summary>Counts a poll by result: <c>commands</c>, <c>empty</c> or <c>failed</c>.</summary>
    public void Polled(string tunnel, string result) => polls.Add(1, new("tunnel", tunnel), new("result", result));

    public void Handled(string tunnel, string outcome) =>
        commands.Add(1, new("tunnel", tunnel), new("outcome", outcome));

    /// <summary>Counts a command that could not be answered, by the invalid member or other reason.</summary>
    public void Dropped(string tunnel, string reason) => dropped.Add(1, new("tunnel", tunnel), new("reason", reason));

    public void Dispose() => meter.Dispose();
}
