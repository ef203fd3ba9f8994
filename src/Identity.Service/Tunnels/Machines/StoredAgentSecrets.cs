using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tunnels.Machines;

/// <param name="At">When the agent reported them.</param>
internal sealed record StoredAgentSecrets(DateTimeOffset At, IReadOnlyList<AgentReportSecret> Secrets);
