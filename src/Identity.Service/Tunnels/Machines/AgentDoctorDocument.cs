using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary>What an agent's own checks found last.</summary>
internal sealed record AgentDoctorDocument(DateTime CheckedAt, IReadOnlyList<AgentReportCheck> Checks);
