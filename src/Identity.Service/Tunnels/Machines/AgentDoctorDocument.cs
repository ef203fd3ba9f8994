using System.Text.Json.Serialization;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary>What an agent's own checks found last.</summary>
internal sealed record AgentDoctorDocument
{
    [JsonPropertyName("checked_at")]
    public required DateTime CheckedAt { get; init; }

    [JsonPropertyName("checks")]
    public required IReadOnlyList<AgentReportCheck> Checks { get; init; }
}
