using Culvert.Platform.Logging;

namespace Culvert.Tunnel.Agent.Hosting;

/// <summary>The log of the agent, and what the running agent reads from it or changes in it.</summary>
/// <param name="Loggers">Makes the loggers.</param>
internal sealed record AgentLogging(ILoggerFactory Loggers)
{
    /// <summary>The last lines, for the status page; null: the page shows none.</summary>
    public RecentLines? Lines { get; init; }

    /// <summary>The levels that a reload changes; null: they do not change.</summary>
    public LogLevels? Levels { get; init; }

    /// <summary>Receives the agent's id; null: the lines do not contain it.</summary>
    public LogSubject? Subject { get; init; }
}
