using Culvert.Platform.Net;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Telemetry;
using Culvert.Tunnel.Agent.Upstreams.Callouts;
using Culvert.Tunnel.Agent.Upstreams.Compose;
using Culvert.Tunnel.Agent.Upstreams.Stdio;

namespace Culvert.Tunnel.Agent.Upstreams;

/// <param name="members">Null: composed tools are not called.</param>
/// <param name="resolver">The system's resolver when null.</param>
internal sealed class UpstreamFactory(
    Forwarder forwarder,
    AgentMetrics metrics,
    TimeProvider time,
    ILoggerFactory loggers,
    IMemberPipeline? members = null,
    IHostResolver? resolver = null
)
{
    public Upstream Create(UpstreamSettings settings) =>
        settings switch
        {
            HttpUpstreamSettings http => new HttpUpstream(http, new UpstreamConnector(http, time, resolver), forwarder),
            StdioSettings stdio => new StdioUpstream(stdio, metrics, time, loggers.CreateLogger<StdioUpstream>()),
            CalloutSettings callouts => new CalloutUpstream(
                callouts,
                metrics,
                time,
                loggers.CreateLogger<CalloutUpstream>(),
                resolver
            ),
            ComposeSettings compose => new ComposeUpstream(
                compose,
                members,
                metrics,
                time,
                loggers.CreateLogger<ComposeUpstream>()
            ),
            _ => throw new InvalidOperationException($"No upstream has {settings.GetType().Name}."),
        };
}
