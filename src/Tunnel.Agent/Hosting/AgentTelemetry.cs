using Culvert.Platform.Logging;
using Culvert.Platform.Telemetry;

namespace Culvert.Tunnel.Agent.Hosting;

internal sealed record AgentTelemetry(ILoggerFactory Loggers)
{
    /// <summary>The last lines, for the status page; null: the page shows none.</summary>
    public RecentLines? Lines { get; init; }

    /// <summary>The levels that a reload changes; null: they do not change.</summary>
    public LogLevels? Levels { get; init; }

    /// <summary>Receives the agent's id for the log lines; null: they do not contain it.</summary>
    public LogSubject? Subject { get; init; }

    public Traces? Traces { get; init; }

    public MetricsExport? Metrics { get; init; }
}
