using System.Diagnostics.Metrics;

namespace Culvert.Tunnel.Edge.Telemetry;

/// <summary>The edge's instruments. Label values come only from closed enums.</summary>
internal sealed class EdgeMetrics : IDisposable
{
    private readonly Counter<long> agentsRefused;
    private readonly Counter<long> clientsRefused;

    /// <summary>For observable instruments of other classes.</summary>
    public Meter Meter { get; } = new("Culvert.Tunnel.Edge");

    public EdgeMetrics()
    {
        agentsRefused = Meter.CreateCounter<long>(
            "culvert_edge_agents_refused",
            description: "Agent connections refused."
        );
        clientsRefused = Meter.CreateCounter<long>(
            "culvert_edge_clients_refused",
            description: "Client connections refused."
        );
    }

    public void AgentRefused(string reason) =>
        agentsRefused.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void ClientRefused(string reason) =>
        clientsRefused.Add(1, new KeyValuePair<string, object?>("reason", reason));

    /// <summary>Reports rejected configuration files, and keys that wait for a restart.</summary>
    public void WatchConfiguration(Func<long> refused, Func<int> restartKeys)
    {
        Meter.CreateObservableCounter(
            "culvert_edge_configuration_refused",
            refused,
            description: "Changed configuration files that could not be reloaded."
        );
        Meter.CreateObservableGauge(
            "culvert_edge_restart_needed",
            restartKeys,
            description: "Keys that the configuration file changes and only a restart can."
        );
    }

    public void Dispose() => Meter.Dispose();
}
