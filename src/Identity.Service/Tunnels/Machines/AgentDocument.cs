using System.Text.Json.Serialization;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary>An enrolled agent instance: its enrolment, and what it last said.</summary>
/// <param name="Live">Its certificate is unexpired, and it is connected to an edge or to the service's feed.</param>
/// <param name="TrustBundleEpoch">The trust-bundle epoch that it acknowledged; null before its first report.</param>
/// <param name="Doctor">The last results of its own checks; null if it has not reported any.</param>
internal sealed record AgentDocument(
    [property: JsonPropertyOrder(-2)] string Id,
    string TunnelId,
    string InstanceId,
    string Method,
    string Principal,
    bool Live,
    DateTime CreatedAt,
    DateTime LastProofAt,
    DateTime? LastContactAt,
    string? Serial,
    DateTime? NotAfter,
    DateTime? RevokedAt,
    string? Version,
    long? TrustBundleEpoch,
    string? ServerSerial,
    IReadOnlyList<AgentReportRoute> Routes,
    AgentDoctorDocument? Doctor
)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "agent";

    /// <summary>
    /// Its certificate is unexpired, and it called within <c>agents.live_for</c>: a change of trust waits for it (S17).
    /// Longer than <see cref="Live"/>, because an agent that lost its connections may reconnect with the old bundle.
    /// </summary>
    [JsonIgnore]
    public bool IsAwaited { get; init; }

    /// <summary>Whether a live edge has a connection of it.</summary>
    [JsonIgnore]
    public bool IsConnected { get; init; }
}
