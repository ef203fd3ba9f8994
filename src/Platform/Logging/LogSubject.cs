namespace Culvert.Platform.Logging;

/// <summary>The subject of all lines of a program: for an agent, its tunnel and its enrolment.</summary>
/// <param name="tunnelId">The tunnel; null when there are many or none.</param>
public sealed class LogSubject(string? tunnelId)
{
    public string? TunnelId { get; } = tunnelId;

    /// <summary>The agent's enrolment (<c>agt_…</c>), once it is known.</summary>
    public string? AgentId { get; set; }
}
