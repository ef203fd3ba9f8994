namespace Culvert.Platform.Logging;

/// <summary>What all lines of a program are about: an agent serves one tunnel, and is one of its agents.</summary>
/// <param name="tunnelId">The tunnel; null where there are many or none.</param>
public sealed class LogSubject(string? tunnelId)
{
    /// <summary>The tunnel.</summary>
    public string? TunnelId { get; } = tunnelId;

    /// <summary>The agent's enrolment (<c>agt_…</c>), once it is known.</summary>
    public string? AgentId { get; set; }
}
