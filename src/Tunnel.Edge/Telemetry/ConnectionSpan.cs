using System.Diagnostics;
using Culvert.Platform.Telemetry;

namespace Culvert.Tunnel.Edge.Telemetry;

/// <summary>
/// A client's connection as a span, from admission to close. It holds where the connection went and how much was relayed;
/// never an address, a requested name, or anything else that the client sent.
/// </summary>
/// <remarks>
/// The span is created when the connection closes: its parent trace is known late, and until then the span must not become
/// the current activity of other work.
/// </remarks>
internal sealed class ConnectionSpan : IDisposable
{
    public const string SourceName = "Culvert.Tunnel.Edge";

    public const string Sni = "sni";
    public const string Connect = "connect";

    private const string Name = "connection";

    private readonly ActivitySource source;
    private readonly string ingress;
    private readonly TimeProvider time;
    private readonly DateTimeOffset began;
    private TimeSpan? placed;
    private string outcome = "reset";
    private string? refusal;
    private long fromClient;
    private long toClient;
    private volatile bool isCut;

    private ConnectionSpan(ActivitySource source, string ingress, TimeProvider time)
    {
        (this.source, this.ingress, this.time) = (source, ingress, time);
        began = time.GetUtcNow();
    }

    /// <summary>The trace context that the client named. Only an admitted client's context is used.</summary>
    public ActivityContext Parent { get; set; }

    public string? TunnelId { get; set; }

    /// <summary>The connection ID in the tunnel protocol, which the agent's log has, too.</summary>
    public string? ConnectionId { get; set; }

    public string? InstanceId { get; set; }

    /// <summary>Starts a span; null if no collector is configured.</summary>
    public static ConnectionSpan? Begin(Traces? traces, string ingress, TimeProvider time) =>
        traces is not null && traces.Source.HasListeners() ? new ConnectionSpan(traces.Source, ingress, time) : null;

    public void Place() => placed = time.GetUtcNow() - began;

    // Each direction is counted by one task at a time.
    public void CountFromClient(int bytes) => fromClient += bytes;

    public void CountToClient(int bytes) => toClient += bytes;

    /// <summary>The edge closed the connection: for example, the tunnel was paused or the client idle.</summary>
    public void Cut() => isCut = true;

    /// <summary>Both sides have sent FIN.</summary>
    public void Finish() => outcome = "relayed";

    /// <param name="why">The metric label.</param>
    /// <param name="tunnelId">Null if it is not known.</param>
    public void Refuse(string why, string? tunnelId)
    {
        (outcome, refusal) = ("refused", why);
        TunnelId ??= tunnelId;
    }

    public void Dispose()
    {
        using var span = source.StartActivity(Name, ActivityKind.Server, Parent, startTime: began);
        if (span is null)
        {
            return; // the sampler dropped it
        }

        span.SetTag("culvert.ingress", ingress);
        span.SetTag("culvert.tunnel_id", TunnelId);
        span.SetTag("culvert.instance_id", InstanceId);
        span.SetTag("culvert.connection_id", ConnectionId);
        span.SetTag("culvert.outcome", isCut ? "cut" : outcome);
        span.SetTag("culvert.placed_ms", placed?.TotalMilliseconds);
        span.SetTag("culvert.bytes_from_client", fromClient);
        span.SetTag("culvert.bytes_to_client", toClient);
        if (isCut || refusal is not null)
        {
            span.SetTag("error.type", isCut ? "cut" : refusal);
            span.SetStatus(ActivityStatusCode.Error);
        }

        span.SetEndTime(time.GetUtcNow().UtcDateTime);
    }
}
