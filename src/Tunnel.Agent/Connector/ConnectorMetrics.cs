using System.Diagnostics.Metrics;
using Culvert.Tunnel.Agent.Telemetry;

namespace Culvert.Tunnel.Agent.Connector;

/// <summary>Metrics of tunnels behind a connector. Labels come from the configuration and closed lists.</summary>
internal sealed class ConnectorMetrics : IDisposable
{
    private readonly Meter meter = new(AgentMetrics.MeterName);
    private readonly Counter<long> connections;
    private readonly Counter<long> refused;

    public ConnectorMetrics()
    {
        connections = meter.CreateCounter<long>(
            "culvert_agent_connector_connections",
            description: "Connections of a provider's connector whose TLS the agent began, by what carries them."
        );
        refused = meter.CreateCounter<long>(
            "culvert_agent_connector_refused",
            description: "Connections of a provider's connector that the agent refused or closed, by reason."
        );
    }

    public void Watch(Func<IEnumerable<ConnectorStatus>> tunnels, TimeProvider time)
    {
        meter.CreateObservableGauge(
            "culvert_agent_connector_open",
            () => tunnels().Select(t => new Measurement<int>(t.Open, Name(t))),
            description: "Connections of a provider's connector that are open."
        );
        meter.CreateObservableGauge(
            "culvert_agent_connector_up",
            () => tunnels().Select(t => new Measurement<int>(t.Problem is null ? 1 : 0, Name(t))),
            description: "1 while the agent can serve the connections of a provider's connector."
        );
        meter.CreateObservableGauge(
            "culvert_agent_connector_certificate_remaining_seconds",
            () =>
                tunnels()
                    .Where(t => t.CertificateExpires is not null)
                    .Select(t => new Measurement<double>(
                        (t.CertificateExpires!.Value - time.GetUtcNow()).TotalSeconds,
                        Name(t)
                    )),
            unit: "s",
            description: "Time until the certificate for the provider's domain expires."
        );
    }

    /// <summary>Counts a connection whose TLS starts, by <c>websocket</c> or <c>tcp</c>.</summary>
    public void Connected(string tunnel, string carrier) =>
        connections.Add(1, new("tunnel", tunnel), new("carrier", carrier));

    public void Refused(string tunnel, ConnectorRefusal reason) =>
        refused.Add(1, new("tunnel", tunnel), new("reason", ConnectorRefusals.ToLabel(reason)));

    public void Dispose() => meter.Dispose();

    private static KeyValuePair<string, object?> Name(ConnectorStatus tunnel) => new("tunnel", tunnel.Domain);
}
